/** Writes text to the clipboard, or text that a promise resolves to. Throws when the browser refuses. */
export async function writeClipboard(text) {
  if (!navigator.clipboard) return writeBySelection(await text);
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  // Begun at once and filled later: Safari forgets the click while a response is awaited.
  const blob = text.then((written) => new Blob([written], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

// navigator.clipboard is missing where the page is not served over TLS.
function writeBySelection(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  if (!isCopied) throw new Error("not copied");
}
