/** Buttons that act on conversations without leaving the page. A note says what was done, and offers to undo it. */

import { here, noteDone } from "./address.js";

const FAILED = "This could not be done. Check the connection and try again.";
const FORMS = "#act, #selection, [data-undo]";

// The second half of a double click was meant for what was there before.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest("button")?.form?.matches(FORMS)) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(FORMS)) return;
  const { submitter } = event;
  if (form.id === "act") form.elements.next.value = here();
  if (leaves(submitter) || goesBack(form)) return;
  event.preventDefault();
  const url = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  submitter?.closest("[popover]")?.hidePopover();
  send(url, new FormData(form, submitter)).then((said) => {
    showNote(said, said.isDone && form.id === "selection");
    if (said.isDone) document.dispatchEvent(new CustomEvent("act-done"));
  });
});

// These need another page: deleting for good asks there, and deleting the open conversation leaves none to stay on. An
// export is a file.
function leaves(submitter) {
  const isOpen = submitter?.value === "delete" && submitter.closest("#bar-menu");
  return submitter?.value === "purge" || submitter?.matches("[data-export]") || Boolean(isOpen);
}

// On the page of a new conversation that has not begun, Undo leads back to the conversation that was deleted.
function goesBack(form) {
  return "back" in form.dataset && document.querySelector("chat-conversation[data-new]") !== null;
}

async function send(url, body) {
  try {
    const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    return { ...(await response.json()), isDone: response.ok };
  } catch {
    return { sentence: FAILED, undo: null, done: null, isDone: false };
  }
}

/** Show what was done, or why it was not. `takesFocus`: move the focus to the note, because the buttons of the selection
    are hidden. */
export function showNote({ sentence, undo = null, done = null }, takesFocus = false) {
  noteDone(done);
  const notes = document.querySelector("act-notes");
  const note = notes.querySelector("template").content.cloneNode(true);
  note.querySelector("p").textContent = sentence;
  const form = note.querySelector("form");
  if (undo) form.action = undo;
  else form.remove();
  const isFocused = takesFocus || notes.contains(document.activeElement);
  notes.querySelectorAll(".note").forEach((each) => each.remove());
  notes.append(note);
  raise(notes.querySelector(".note"));
  if (isFocused) notes.querySelector(".note").focus();
}

// Above the drawer of a phone, as long as it is open.
function raise(note) {
  const drawer = document.querySelector("#sidebar:popover-open");
  if (!drawer) return;
  note.popover = "manual";
  note.showPopover();
  drawer.addEventListener("toggle", () => note.removeAttribute("popover"), { once: true });
}

document.addEventListener("click", ({ target }) => {
  const note = target.closest("[data-close-note]")?.closest(".note");
  if (!note) return;
  const isFocused = note.contains(document.activeElement);
  note.remove();
  noteDone(null);
  if (isFocused) leaveNote();
});

function leaveNote() {
  document.querySelector("#main").focus({ preventScroll: true });
  document.querySelector("chat-composer")?.takeFocus();
}

/** The menu of the lists acts on the conversation in whose row it was opened. */
document.addEventListener("click", ({ target }) => {
  const entry = target.closest("[data-menu]")?.closest("[data-conversation]");
  if (!entry) return;
  const menu = document.querySelector("#row-menu");
  showState(menu, { pinned: "pinned" in entry.dataset, archived: "archived" in entry.dataset });
  for (const page of ["share", "export"]) {
    menu.querySelector(`[data-to-${page}]`).href = `/conversations/${entry.dataset.conversation}/${page}/`;
  }
  for (const button of menu.querySelectorAll("button")) {
    const { to } = button.dataset;
    button.formAction = `/conversations/${entry.dataset.conversation}/act/` + (to === undefined ? "" : `?to=${to}`);
  }
});

document.addEventListener("toggle", ({ target, newState }) => {
  if (newState !== "open" || !target.matches?.(".act-menu")) return;
  const opener = document.activeElement?.closest("[popovertarget]");
  if (opener) place(target, opener);
  [...target.querySelectorAll("button")].find((button) => button.checkVisibility())?.focus();
}, { capture: true });

/** Put an open popover beside what opened it, within the window. */
export function place(menu, opener) {
  const { left, right, top: above, bottom } = opener.getBoundingClientRect();
  const fits = bottom + menu.offsetHeight < innerHeight;
  const top = Math.max(8, fits ? bottom : above - menu.offsetHeight);
  const start = left + menu.offsetWidth + 8 > innerWidth ? right - menu.offsetWidth : left;
  Object.assign(menu.style, { insetBlock: `${top}px auto`, insetInline: `${Math.max(8, start)}px auto` });
}

/** Show in a menu what can be done with a conversation in this state. */
export function showState(menu, { pinned, archived }) {
  menu.toggleAttribute("data-pinned", pinned);
  menu.toggleAttribute("data-archived", archived);
}
