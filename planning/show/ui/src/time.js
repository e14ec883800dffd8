// Minutes from the start of the plan as people say them, and where a time axis has its ticks.
const DAY = 1440;
const STEPS = [15, 30, 60, 120, 240, 480, 720, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 84 * DAY, 364 * DAY];
const MOST_TICKS = 8;

export function minuteText(minute) {
  const whole = Math.round(minute);
  const day = Math.floor(whole / DAY);
  const rest = whole - day * DAY;
  return `day ${day} ${String(Math.floor(rest / 60)).padStart(2, "0")}:${String(rest % 60).padStart(2, "0")}`;
}

export function durationText(minutes) {
  const hours = Math.floor(minutes / 60);
  if (!hours) return `${minutes} min`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

// A reason says its minutes as numbers ("until 5520"); beside a time axis they are read as days.
export function reasonText(reason) {
  const text = reason.text.replace(/\buntil (-?\d+)\b/g, (_, minute) => `until ${minuteText(Number(minute))}`);
  return reason.minutes ? `${text} (waits ${durationText(reason.minutes)})` : text;
}

// Whole hours, days or weeks, at most eight of them in what is seen.
export function ticks(from, to) {
  const step = STEPS.find((each) => (to - from) / each <= MOST_TICKS) ?? STEPS.at(-1);
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step);
}
