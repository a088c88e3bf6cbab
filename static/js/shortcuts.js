/** Keys that work anywhere on the page: Ctrl+Shift+O begins a new conversation, Ctrl+K searches the list. */

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const run = event.shiftKey && event.code === "KeyO" ? beginNew : event.key.toLowerCase() === "k" ? search : null;
  if (!run) return;
  event.preventDefault();
  run();
});

function beginNew() {
  document.querySelector("[data-new][data-visit]").click();
}

function search() {
  document.querySelector("conversation-list").search();
}
