// Tells the hub the viewer's time zone, so that every time on every page is written in it.
// The first page of a new browser comes in UTC; it is asked for once more when the zone differs.
const NAME = "hub_zone";
const ONE_YEAR_SECONDS = 31_536_000;

export function rememberZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = document.documentElement.dataset.zone;
  if (!zone || zone === shown) return;
  document.cookie = `${NAME}=${encodeURIComponent(zone)}; path=/; max-age=${ONE_YEAR_SECONDS}; samesite=lax`;
  const asked = sessionStorage.getItem(NAME) === zone;
  const form = document.querySelector("form[data-keep]"); // never under somebody's hands
  if (!asked && !form && document.querySelector("time")) {
    sessionStorage.setItem(NAME, zone);
    window.location.reload();
  }
}
