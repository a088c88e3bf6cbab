/** Keys that work anywhere on the page: Ctrl+Shift+O begins a new conversation, Ctrl+Shift+E a temporary one, Ctrl+K
    searches the list, and / finds words in the open conversation. */

document.addEventListener("keydown", (event) => {
  const run = shortcut(event);
  if (!run) return;
  event.preventDefault();
  run();
});

function shortcut({ ctrlKey, metaKey, altKey, shiftKey, code, key, target }) {
  if (key === "/" && !ctrlKey && !metaKey && !altKey && !isTyped(target)) return finder() && find;
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (shiftKey && code === "KeyO") return beginNew;
  if (shiftKey && code === "KeyE") return beginTemporary;
  return key.toLowerCase() === "k" ? search : null;
}

function beginNew() {
  document.querySelector("[data-new][data-visit]").click();
}

function beginTemporary() {
  document.querySelector("[data-new-temporary]").click();
}

function search() {
  document.querySelector("conversation-list").search();
}

function find() {
  finder().open();
}

// A new conversation has nothing to find.
function finder() {
  return document.querySelector("[data-find]:not([hidden])") && document.querySelector("conversation-find");
}

function isTyped(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog") !== null;
}
