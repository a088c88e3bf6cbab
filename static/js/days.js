/** The headings of days. The server writes them, by its clock; here they are written again by the reader's clock, also
    when the day turns. */

const DAYS_WITH_A_NAME = 7;
const DAY_MS = 24 * 3600 * 1000;

let today = dayOf(new Date());
let timer;

/** Write the headings in a list. */
export function labelDays(list) {
  for (const { dataset, firstElementChild: heading } of list.querySelectorAll("section[data-day]")) {
    if (heading.textContent !== label(dataset.day)) heading.textContent = label(dataset.day);
  }
}

/** Returns the heading of a day: see `_label` in chatsite/history/listing.py. */
function label(day) {
  const days = (Date.parse(today) - Date.parse(day)) / DAY_MS;
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days < DAYS_WITH_A_NAME) return named(day, { weekday: "long" });
  const isThisYear = day.slice(0, 4) === today.slice(0, 4);
  return named(day, { day: "numeric", month: "long", year: isThisYear ? undefined : "numeric" });
}

function named(day, style) {
  return new Date(day).toLocaleDateString("en-GB", { ...style, timeZone: "UTC" });
}

/** Returns whether a time is on this day of the reader; a list without days has none. */
export function isOnDay(time, day) {
  return !day || dayOf(new Date(time)) === day;
}

// The reader's own day, as the server writes days.
function dayOf(time) {
  const parts = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

function check() {
  const now = new Date();
  if (dayOf(now) !== today) {
    today = dayOf(now);
    labelDays(document);
  }
  clearTimeout(timer);
  timer = setTimeout(check, new Date(now).setHours(24, 0, 1, 0) - now);
}

check();
// Timers rest while a computer sleeps.
document.addEventListener("visibilitychange", () => document.hidden || check());
