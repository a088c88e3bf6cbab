/** Lists of conversations come from the server in parts. Each part has its days, and a link to the next one. */

import { parse } from "./html.js";
import { morph } from "./morph.js";

/** Returns the part at this address; null when it cannot be fetched. */
export async function fetchPart(url, signal) {
  try {
    const response = await fetch(url, { signal });
    return response.ok && !response.redirected ? parse(await response.text()) : null;
  } catch {
    return null;
  }
}

export function entriesIn(list) {
  return [...list.querySelectorAll("[data-conversation]")];
}

export function entryOf(list, conversation) {
  return list.querySelector(`[data-conversation="${conversation}"]`);
}

export function olderIn(list) {
  return list.querySelector("[data-older]");
}

/** Append the next part to a list, without the entries that the list has already: they moved up meanwhile. */
export function join(list, part) {
  for (const entry of entriesIn(part)) if (entryOf(list, entry.dataset.conversation)) entry.remove();
  list.querySelector("[data-more]")?.remove();
  const last = [...list.querySelectorAll("section")].at(-1);
  const first = part.querySelector("section");
  if (last && first && first.dataset.day === last.dataset.day) {
    last.querySelector("ul").append(...first.querySelector("ul").childNodes);
  }
  for (const day of part.querySelectorAll("section")) if (!entriesIn(day).length) day.remove();
  list.append(part);
}

/** Append the entries of the old list that follow the last entry of a new first part. */
export function keepRest(list, part) {
  const last = entriesIn(part).at(-1);
  const at = last && entryOf(list, last.dataset.conversation);
  if (!at) return;
  const behind = new Range();
  behind.setStartAfter(at);
  behind.setEndAfter(list.lastChild);
  const rest = behind.extractContents();
  if (entriesIn(rest).length) join(part, rest);
}

/** Keep the elements of entries that stay, with what the reader has opened, selected or typed in them. */
export function reuse(list, part) {
  for (const fresh of entriesIn(part)) {
    const old = entryOf(list, fresh.dataset.conversation);
    if (!old) continue;
    morph(old, fresh);
    fresh.replaceWith(old);
  }
}
