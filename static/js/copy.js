/** What leaves the page, and what cannot come in: Copy for code, and for a whole message, which gives its Markdown; what is
    copied by selecting it, formulas as TeX; files that are dropped or pasted. Wrap for code. */

import { announce } from "./html.js";

const SHOWN_FOR = 1500;
// The last one belongs to the fence; a shell would run what ends with it.
const LINE_END = /\n$/;
const TEX = 'annotation[encoding="application/x-tex"]';
const NO_FILES = "Files and images cannot be sent here. Paste their text instead.";

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.matches("[data-wrap]")) button.ariaPressed = button.closest("figure").toggleAttribute("data-wrapped");
  if (button.matches("[data-copy]")) copy(button, button.closest("figure").querySelector("code").textContent.replace(LINE_END, ""));
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

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (event.target.closest?.("input, textarea") || selection.isCollapsed || !selection.rangeCount) return;
  const range = wholeFormulas(selection.getRangeAt(0));
  const fragment = range.cloneContents();
  if (!fragment.querySelector(TEX)) return;
  event.preventDefault();
  fragment.querySelectorAll("figcaption, button, summary").forEach((element) => element.remove());
  event.clipboardData.setData("text/html", htmlOf(fragment));
  for (const tex of fragment.querySelectorAll(TEX)) tex.closest("math").replaceWith(sourceOf(tex));
  event.clipboardData.setData("text/plain", textOf(fragment));
});

// The source stands at a formula's end, so half a formula would come without it.
function wholeFormulas(range) {
  const whole = range.cloneRange();
  const [first, last] = [range.startContainer, range.endContainer].map((node) => (node.closest ? node : node.parentElement).closest("math"));
  if (first) whole.setStartBefore(first);
  if (last) whole.setEndAfter(last);
  return whole;
}

function sourceOf(tex) {
  const mark = tex.closest("math").getAttribute("display") === "block" ? "$$" : "$";
  return mark + tex.textContent.trim() + mark;
}

function htmlOf(fragment) {
  const element = document.createElement("div");
  element.append(fragment.cloneNode(true));
  return element.innerHTML;
}

// Only what is on the page has lines.
function textOf(fragment) {
  const element = document.createElement("div");
  element.className = "visually-hidden";
  element.append(fragment);
  document.body.append(element);
  const text = element.innerText;
  element.remove();
  return text;
}

document.addEventListener("dragover", (event) => isForField(event) || event.preventDefault());

// A browser would leave the page for what is dropped on it.
document.addEventListener("drop", (event) => {
  if (isForField(event)) return;
  event.preventDefault();
  if (holdsFiles(event.dataTransfer)) tellNoFiles();
});

document.addEventListener("paste", (event) => {
  if (!holdsFiles(event.clipboardData) || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  tellNoFiles();
});

function isForField({ target, dataTransfer }) {
  return !holdsFiles(dataTransfer) && Boolean(target.closest?.("input, textarea"));
}

function holdsFiles({ types }) {
  return types.includes("Files");
}

function tellNoFiles() {
  document.querySelector("chat-composer").notice(NO_FILES);
}
