/** The address of this page. `done` in its query names the last act: a page that is loaded again offers to undo it. */

const DONE = "done";

/** Returns path and query, without what was done. */
export function here() {
  const url = new URL(location);
  if (url.searchParams.has(DONE)) url.searchParams.delete(DONE);
  return url.pathname + url.search;
}

/** Let the address name this act; null for none. */
export function noteDone(act) {
  const url = new URL(here() + location.hash, location);
  if (act) url.searchParams.set(DONE, act);
  history.replaceState(history.state, "", url);
}
