/** Rename, in a row and in its menu: a field with the title, which is saved without leaving the page. */

import { place, showNote } from "./acts.js";
import { announce } from "./announcer.js";
import { saveTitle } from "./save-title.js";

const RENAME = "details:has(> form [name=title])";
const menu = document.querySelector("#row-menu");
const details = menu.querySelector("details");
const form = menu.querySelector("form");
let opener;

document.addEventListener("click", ({ target }) => {
  const entry = target.closest("[data-menu]")?.closest("[data-conversation]");
  if (!entry) return;
  opener = target.closest("[data-menu]");
  details.open = false;
  form.action = `/conversations/${entry.dataset.conversation}/rename/`;
  form.elements.title.value = entry.querySelector("[data-title]").textContent;
});

details.addEventListener("click", beginRename);
details.addEventListener("toggle", () => details.open && place(menu, opener));

/** Opened at once: what is typed next is the title. */
export function beginRename(event) {
  const opened = event.target.closest("summary")?.parentElement;
  if (!opened || opened.open) return;
  event.preventDefault();
  opened.open = true;
  opened.querySelector("input[name=title]").select();
}

/** Escape leaves the title of a row as it is; the menu closes by itself. */
document.addEventListener("keydown", ({ key, isComposing, target }) => {
  const renamed = target.closest?.(RENAME);
  if (key !== "Escape" || isComposing || !renamed || menu.contains(renamed)) return;
  renamed.querySelector("form").reset();
  renamed.open = false;
  renamed.querySelector("summary").focus();
});

document.addEventListener("submit", async (event) => {
  const renamed = event.target.closest(RENAME);
  if (!renamed) return;
  event.preventDefault();
  const summary = renamed.querySelector("summary");
  if (menu.contains(summary)) menu.hidePopover();
  else summary.focus();
  renamed.open = false;
  const problem = await saveTitle(event.target);
  if (problem) showNote({ sentence: problem });
  else announce("Renamed.");
});
