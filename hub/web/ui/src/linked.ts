// The three views of a message. What came from the same place on the wire lights up together, from any of the
// three, under the pointer and under the keyboard: `data-at` names places ("5:3" is segment 5, element 3).
// Each view is one stop of the Tab key; the arrow keys walk inside it.

const ITEM = "[data-at]";
const RESTS_MS = 180; // a pointer that only passes over does not move the other views

export function linkViews(root: ParentNode): void {
  const panes = root.querySelector<HTMLElement>("[data-linked]");
  if (!panes) return;
  const views = [...panes.querySelectorAll<HTMLElement>("[data-view]")];
  const index = indexByPlace(views);
  const trace = root.querySelector<HTMLElement>("#trace");
  const idle = trace?.textContent ?? "";
  let shown: HTMLElement | null = null;

  const show = (item: HTMLElement | null, scroll: boolean): void => {
    if (item === shown && !scroll) return;
    for (const lit of panes.querySelectorAll(".linked, .linked-origin")) lit.classList.remove("linked", "linked-origin");
    shown = item;
    if (!item) {
      if (trace) trace.textContent = idle;
      return;
    }
    item.classList.add("linked", "linked-origin");
    const others = new Set(placesOf(item).flatMap((place) => index.get(place) ?? []));
    for (const other of others) other.classList.add("linked");
    if (scroll) for (const view of views) revealIn(view, [...others].filter((other) => view.contains(other)), item);
    if (trace) trace.textContent = describe(item, [...others], idle);
  };

  for (const view of views) {
    const items = [...view.querySelectorAll<HTMLElement>(ITEM)];
    for (const [n, item] of items.entries()) item.tabIndex = n === 0 ? 0 : -1;
    view.addEventListener("keydown", (event) => walk(event, items));
  }
  let resting: number | undefined;
  let led = false; // to a place by a finding: it stays lit until the pointer itself moves, not the page beneath it
  panes.addEventListener("pointermove", (event) => {
    if (event.movementX || event.movementY) led = false;
  });
  panes.addEventListener("pointerover", (event) => {
    if (led) return;
    const item = itemAt(event.target);
    window.clearTimeout(resting);
    show(item, false);
    if (item) resting = window.setTimeout(() => show(item, true), RESTS_MS);
  });
  panes.addEventListener("pointerleave", () => {
    if (led) return;
    window.clearTimeout(resting);
    show(null, false);
  });
  panes.addEventListener("click", (event) => {
    const item = itemAt(event.target);
    if (item) show(item, true);
  });
  panes.addEventListener("focusin", (event) => {
    const item = itemAt(event.target);
    if (!item) return;
    for (const other of item.closest("[data-view]")?.querySelectorAll<HTMLElement>(`${ITEM}[tabindex="0"]`) ?? []) other.tabIndex = -1;
    item.tabIndex = 0;
    show(item, true);
  });
  for (const button of root.querySelectorAll<HTMLElement>("button[data-go]")) {
    button.addEventListener("click", () => {
      led = true;
      goTo(button.dataset.go ?? "", index, panes);
    });
  }
}

function itemAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(ITEM) : null;
}

function placesOf(item: HTMLElement): string[] {
  return (item.dataset.at ?? "").split(" ").filter(Boolean);
}

/** All items by the place they stand for. */
function indexByPlace(views: HTMLElement[]): Map<string, HTMLElement[]> {
  const index = new Map<string, HTMLElement[]>();
  for (const item of views.flatMap((view) => [...view.querySelectorAll<HTMLElement>(ITEM)])) {
    for (const place of placesOf(item)) {
      const known = index.get(place);
      if (known) known.push(item);
      else index.set(place, [item]);
    }
  }
  return index;
}

/** Scrolls the view, never the page, so that the first of `items` can be seen. */
function revealIn(view: HTMLElement, items: HTMLElement[], origin: HTMLElement): void {
  const first = items[0];
  if (!first || items.includes(origin)) return;
  const top = first.getBoundingClientRect().top - view.getBoundingClientRect().top + view.scrollTop;
  if (top < view.scrollTop + 20 || top > view.scrollTop + view.clientHeight - 60) view.scrollTop = top - view.clientHeight / 3;
}

function describe(item: HTMLElement, others: HTMLElement[], idle: string): string {
  const names = others.filter((other) => other.dataset.name).map((other) => other.dataset.name ?? "");
  const parts = [...new Set([item.dataset.name ?? "", ...names].filter(Boolean))];
  const rules = [...new Set(others.map((other) => other.dataset.rule ?? "").filter(Boolean))];
  return parts.length ? [parts.join("  ↔  "), ...rules].join("   ·   ") : idle;
}

function walk(event: KeyboardEvent, items: HTMLElement[]): void {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const at = items.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const next = event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : step === undefined ? -1 : at + step;
  const item = items[next];
  if (item) {
    event.preventDefault();
    item.focus({ preventScroll: false });
  }
}

/** From a finding to its place: the element if it is there, else anything of the segment. */
function goTo(place: string, index: Map<string, HTMLElement[]>, panes: HTMLElement): void {
  const segment = place.split(":")[0];
  const found = index.get(place)?.[0] ?? panes.querySelector<HTMLElement>(`[data-view] [data-at^="${CSS.escape(segment ?? "")}\\:"]`);
  panes.scrollIntoView({ block: "start" });
  found?.focus();
}
