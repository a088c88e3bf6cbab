/** The reader's place in a list: the number of loaded conversations, the scroll position, and the focused entry. */

import { entriesIn, entryOf } from "./list-parts.js";

const MAX_SEEN = 3;

/** The place of a list in which `scroller` scrolls. */
export function placeIn(list, scroller) {
  const entry = document.activeElement?.closest("[data-conversation]");
  const focus = list.contains(entry) ? entry.dataset.conversation : null;
  return { count: entriesIn(list).length, top: scroller.scrollTop, focus };
}

/** Scroll back to where the reader was, once that many conversations are loaded. */
export function goTo({ top, focus }, list, scroller) {
  scroller.scrollTop = top;
  if (focus) entryOf(list, focus)?.querySelector("a").focus({ preventScroll: true });
}

/** Replace the list by `change()`. What the reader sees and where the focus is stay. */
export function keepingPlace(list, scroller, change) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const entry = focused?.closest("[data-conversation]");
  const nearest = entry ? nearestTo(entry, list) : [];
  const tops = scroller.scrollTop > 0 ? topsOf(firstSeen(list)) : new Map();
  change();
  const steps = [...topsOf([...tops.keys()])].map(([seen, top]) => top - tops.get(seen));
  // One of them may itself have moved up.
  scroller.scrollTop += steps.sort((one, other) => Math.abs(one) - Math.abs(other))[0] ?? 0;
  if (!focused) return;
  const stays = nearest.map(({ dataset }) => entryOf(list, dataset.conversation)).find(Boolean);
  const link = focused.isConnected ? focused : stays?.querySelector("a, button");
  link?.focus({ preventScroll: true });
}

// This entry, those below it, and those above it.
function nearestTo(entry, list) {
  const entries = entriesIn(list);
  const at = entries.indexOf(entry);
  return [...entries.slice(at), ...entries.slice(0, at).reverse()];
}

function firstSeen(list) {
  const top = Math.max(0, list.getBoundingClientRect().top);
  const entries = entriesIn(list);
  const first = entries.findIndex((entry) => entry.getBoundingClientRect().bottom > top);
  return first < 0 ? [] : entries.slice(first, first + MAX_SEEN);
}

function topsOf(entries) {
  const connected = entries.filter((entry) => entry.isConnected);
  return new Map(connected.map((entry) => [entry, entry.getBoundingClientRect().top]));
}
