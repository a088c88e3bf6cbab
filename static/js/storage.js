/** What this browser keeps for a person until the server has it: unsent messages and drafts.

    Each key names the person, so that nobody else who signs in here sees it. What belongs to a temporary conversation is
    kept for this tab alone, and deleted with it. Storage may be forbidden or full; then only the page itself holds what was
    typed. */

import { newId } from "./ids.js";

const KEPT_MS = 30 * 24 * 3600 * 1000;
const OURS = /^(draft|message) /;
const TEMPORARY = "temporary";

let isForgetting = false;

/** Keep a value under a key; null deletes it. `kept` on the document: the drafts have changed. */
export function keep(key, value) {
  try {
    if (value && isForgetting) return;
    const area = areaOf(key);
    if (value) area.setItem(key, JSON.stringify({ at: Date.now(), ...value }));
    else area.removeItem(key);
    if (key.startsWith("draft ")) document.dispatchEvent(new Event("kept"));
  } catch { /* see above */ }
}

export function kept(key) {
  try {
    return JSON.parse(areaOf(key).getItem(key));
  } catch {
    return null;
  }
}

/** Returns the values whose keys begin with `prefix`, each with its `key`, the oldest first. */
export function keptUnder(prefix) {
  const found = keysUnder(prefix).map((key) => ({ ...kept(key), key }));
  return found.sort((one, other) => one.at - other.at);
}

/** Returns the keys that begin with `prefix`. */
export function keysUnder(prefix) {
  return keysIn(() => areaOf(prefix)).filter((key) => key.startsWith(prefix));
}

/** Delete everything, and keep nothing more: the person signs out. */
export function forget() {
  isForgetting = true;
  for (const key of keys()) keep(key, null);
}

/** Returns a person as keys name them: `isTemporary` for a temporary conversation. */
export function keeper(person, isTemporary) {
  return isTemporary ? `${person} ${TEMPORARY}` : person;
}

/** A temporary conversation is kept: what this tab holds of it is kept with it. */
export function makePermanent(person, conversation) {
  const of = ` ${keeper(person, true)} ${conversation} `;
  for (const key of keysIn(() => sessionStorage).filter((key) => key.includes(of))) {
    const { at, ...value } = kept(key) ?? {};
    keep(key.replace(` ${TEMPORARY} `, " "), value);
    keep(key, null);
  }
}

/** Returns the name of this tab. It stays the same over reloads and crashes. */
export function tab() {
  try {
    return (sessionStorage.tab ??= newId());
  } catch {
    return newId();
  }
}

function areaOf(key) {
  return key.includes(` ${TEMPORARY} `) ? sessionStorage : localStorage;
}

function keys() {
  return [...keysIn(() => localStorage), ...keysIn(() => sessionStorage)];
}

function keysIn(area) {
  try {
    return Object.keys(area()).filter((key) => OURS.test(key));
  } catch {
    return [];
  }
}

for (const key of keys()) if (!(kept(key)?.at > Date.now() - KEPT_MS)) keep(key, null);
