/** Passes events of the page's connection to its lists of conversations, see LiveList. */

// After this time without events the lists are fetched again. After less, the server sends what changed meanwhile.
const GAP_MS = 2_000;
// When events stopped: as this page was requested, or as the conversation before was left.
let missingSince = 0;

/** A conversation has changed: `conversation.changed`. Without it, any may have, and the lists are fetched again. */
export function updateLists(event) {
  emit("conversation-changed", event);
}

/** Folders of the person have changed: `folders.changed`. */
export function updateFolders() {
  emit("folders-changed");
}

/** The page is connected, for the first time or again. `answering`: the conversations that are being answered. */
export function connectedLists(answering) {
  if (performance.now() - missingSince > GAP_MS) updateLists(), updateFolders();
  else emit("conversations-answering", answering);
  missingSince = -Infinity;
}

/** Whether the server should send what changed before this connection, because the lists are not fetched again. */
export function isLate() {
  return performance.now() - missingSince <= GAP_MS;
}

/** Another conversation is shown, which makes a new connection. */
export function leftLists(wasConnected) {
  missingSince = wasConnected ? performance.now() : -Infinity;
}

function emit(type, detail) {
  document.dispatchEvent(new CustomEvent(type, { detail }));
}
