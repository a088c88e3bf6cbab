/** The headings of days. The server writes them by its clock; here they are written again by the reader's clock, also at
    midnight. */

const DAYS_WITH_A_NAME = 7;
const DAY_MS = 24 * 3600 * 1000;

let today = dayOf(new Date());
let timer;

/** Write the headings in a list. In the sidebar following days share one. */
export function labelDays(list) {
  for (const section of list.querySelectorAll("section[data-day]")) {
    const { dataset, firstElementChild: heading, previousElementSibling: above } = section;
    const text = section.closest("[data-periods]") ? period(dataset.day) : label(dataset.day);
    if (heading.textContent !== text) heading.textContent = text;
    heading.hidden = above?.firstElementChild.textContent === text;
  }
}

/** Returns the heading of a day: see `_label` in chatsite/history/listing.py. */
function label(day) {
  const days = daysSince(day);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days < DAYS_WITH_A_NAME) return named(day, { weekday: "long" });
  return named(day, { day: "numeric", month: "long", year: yearOf(day) });
}

/** Returns the heading of a day in the sidebar: see `_period` there. */
function period(day) {
  const days = daysSince(day);
  if (days <= 1) return label(day);
  return days < DAYS_WITH_A_NAME ? "Previous 7 days" : named(day, { month: "long", year: yearOf(day) });
}

function daysSince(day) {
  return (Date.parse(today) - Date.parse(day)) / DAY_MS;
}

// Only days of other years have theirs in a heading.
function yearOf(day) {
  return day.slice(0, 4) === today.slice(0, 4) ? undefined : "numeric";
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
