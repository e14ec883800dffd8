// What every page needs: fragments (htmx), the viewer's zone, the search key, and the linked views of a message.
import htmx from "htmx.org";
import "./styles/main.css";
import { linkViews } from "./linked";
import { rememberZone } from "./zone";

htmx.config.allowEval = false; // the content security policy forbids it anyway
htmx.config.includeIndicatorStyles = false; // an inline style: ours stand in parts.css
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // private pages are not kept in the browser's storage

function focusSearch(event: KeyboardEvent): void {
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector<HTMLInputElement>("#search");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
}

function closeMenus(event: Event): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    const escaped = event instanceof KeyboardEvent && event.key === "Escape";
    if (escaped) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else if (event instanceof MouseEvent && !menu.contains(event.target as Node)) {
      menu.open = false;
    }
  }
}

document.addEventListener("keydown", focusSearch);
document.addEventListener("keydown", closeMenus);
document.addEventListener("click", closeMenus);
// A choice in a filter is a request at once; without scripts the form has its own button.
document.addEventListener("change", (event) => {
  const control = event.target as HTMLElement;
  if (control.matches("form[data-submit-on-change] select")) control.closest("form")?.requestSubmit();
});
// A session that ended while a page stood open: go to the login page, not into the fragment.
document.addEventListener("htmx:responseError", (event) => {
  const status = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status;
  if (status === 401) window.location.reload();
});
rememberZone();
linkViews(document);
