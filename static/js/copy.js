/** Copy and Wrap, for code, and Copy for a whole message, which gives its Markdown. */

import { announce } from "./html.js";

const SHOWN_FOR = 1500;

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.matches("[data-wrap]")) button.ariaPressed = button.closest("figure").toggleAttribute("data-wrapped");
  if (button.matches("[data-copy]")) copy(button, button.closest("figure").querySelector("code").textContent);
  if (button.matches("[data-copy-message]")) copy(button, source(button.closest(".message")));
});

/** A message as it was written. A person's is on the page as such; an answer's Markdown is asked for. */
function source(article) {
  if (article.dataset.role === "user") return article.querySelector("[data-body]").textContent;
  const { url } = article.closest("chat-conversation").dataset;
  return fetch(`${url}messages/${article.dataset.message}.md`).then((response) => (response.ok ? response.text() : Promise.reject(response)));
}

async function copy(button, text) {
  const isCopied = await write(text).then(() => true, () => false);
  tell(button, isCopied ? "Copied" : "Not copied");
}

async function write(text) {
  if (!navigator.clipboard) return writeBySelection(await text);
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  // Begun at once and filled later: Safari forgets the click while an answer is awaited.
  const blob = text.then((written) => new Blob([written], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

// The clipboard is missing where the page is not served over TLS.
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

function tell(button, word) {
  button.dataset.label ??= button.textContent;
  button.textContent = word;
  announce(word);
  setTimeout(() => (button.textContent = button.dataset.label), SHOWN_FOR);
}
