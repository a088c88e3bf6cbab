/** The buttons Copy and Wrap of code, Copy of a whole message, which copies its Markdown, and Link, which copies its
    address. */

import { announce } from "./announcer.js";
import { writeClipboard } from "./clipboard.js";

const SHOWN_MS = 1500;
// The words of the buttons. A message may be rendered again while one of them says "Copied".
const labels = new WeakMap();
// The last line end belongs to the fence; a shell would run the line before it.
const LINE_END = /\n$/;

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.matches("[data-wrap]")) button.ariaPressed = button.closest("figure").toggleAttribute("data-wrapped");
  if (button.matches("[data-copy]")) copy(button, codeOf(button.closest("figure")));
  if (button.matches("[data-copy-message]")) copy(button, sourceOf(button.closest(".message")));
});

// The page takes the address of the message. Following the link would also mark the message.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".actions > [href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.replaceState(history.state, "", location.pathname + link.hash);
  copy(link, location.href);
});

function codeOf(figure) {
  return figure.querySelector("code").textContent.replace(LINE_END, "");
}

/** Returns a message as it was written: a person's is on the page, an answer's Markdown is fetched. */
function sourceOf(article) {
  if (article.dataset.role === "user") return article.querySelector("[data-body]").textContent;
  const { url } = article.closest("chat-conversation").dataset;
  return fetchText(`${url}messages/${article.dataset.message}.md`);
}

async function fetchText(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.text();
}

async function copy(button, text) {
  const isCopied = await writeClipboard(text).then(() => true, () => false);
  show(button, isCopied ? "Copied" : "Not copied");
}

function show(button, word) {
  if (!labels.has(button)) labels.set(button, button.textContent);
  button.textContent = word;
  announce(word);
  setTimeout(() => (button.textContent = labels.get(button)), SHOWN_MS);
}
