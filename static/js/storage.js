/** What this browser keeps for a person until the server has it: unsent messages and drafts.

    Each key names the person, so that nobody else who signs in here sees it. Storage may be forbidden or full; then
    only the page itself holds what was typed. */

import { newId } from "./ids.js";

const KEPT_MS = 30 * 24 * 3600 * 1000;
const OURS = /^(draft|message) /;

let isForgetting = false;

/** Keep a value under a key; null deletes it. */
export function keep(key, value) {
  try {
    if (value && isForgetting) return;
    if (value) localStorage.setItem(key, JSON.stringify({ at: Date.now(), ...value }));
    else localStorage.removeItem(key);
  } catch { /* see above */ }
}

export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Returns the values whose keys begin with `prefix`, each with its `key`, the oldest first. */
export function keptUnder(prefix) {
  const found = keys().filter((key) => key.startsWith(prefix)).map((key) => ({ ...kept(key), key }));
  return found.sort((one, other) => one.at - other.at);
}

/** Delete everything, and keep nothing more: the person signs out. */
export function forget() {
  isForgetting = true;
  for (const key of keys()) keep(key, null);
}

/** Returns the name of this tab. It stays the same over reloads and crashes. */
export function tab() {
  try {
    return (sessionStorage.tab ??= newId());
  } catch {
    return newId();
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => OURS.test(key));
  } catch {
    return [];
  }
}

for (const key of keys()) if (!(kept(key)?.at > Date.now() - KEPT_MS)) keep(key, null);
