/** Rename, in the menu of a list: a field with the title of the conversation in whose row the menu was opened. */

import { place, showNote } from "./acts.js";
import { announce } from "./announcer.js";
import { saveTitle } from "./saving-titles.js";

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

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  menu.hidePopover();
  const problem = await saveTitle(form);
  if (problem) showNote({ sentence: problem });
  else announce("Renamed.");
});
