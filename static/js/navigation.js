/** Going from one conversation to another without loading a page: <main> is swapped, the side list stays. */

import { announce } from "./html.js";

const NOT_LOADED = "This page could not be loaded. Check the connection and try again.";
const NOTED_AFTER = 100;

let visiting = new AbortController();
let place = location.pathname;
let noting;

/** A conversation's page as a document; its `address` is where it was found. Throws where it cannot be had. */
export async function load(url, options = {}) {
  const response = await fetch(url, options);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  page.address = response.url;
  if (personOn(page) !== personOn(document)) throw new Elsewhere(response.url);
  return page;
}

// Somebody else may have signed in, in another tab.
function personOn(page) {
  return page.querySelector("chat-conversation")?.dataset.person;
}

/** Another page came, such as the one to sign in. */
class Elsewhere extends Error {}

/** Show a conversation's page in this one. */
async function visit(url, { push = true } = {}) {
  visiting.abort();
  visiting = new AbortController();
  try {
    const page = await load(url, { signal: visiting.signal });
    if (push) enter(page.address);
    show(page);
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  if (error instanceof Elsewhere) location.assign(error.message);
  else if (error.name !== "AbortError") document.querySelector("chat-composer").notice(NOT_LOADED, true);
}

function show(page) {
  place = location.pathname;
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("#sidebar:popover-open")?.hidePopover();
  announce(page.title);
  markCurrent();
}

/** The conversation has got its own address. */
export function moved(url) {
  enter(url);
  place = location.pathname;
  markCurrent();
}

/** Where the reader was when they left this entry of the history: see Follow. */
export function topHere() {
  return history.state?.top ?? null;
}

function enter(url) {
  noteTop();
  history.pushState(null, "", url);
}

// While another page is on its way the address is already its own.
function noteTop() {
  clearTimeout(noting);
  const follow = document.querySelector("chat-conversation")?.follow;
  if (!follow || location.pathname !== place || follow.top === topHere()) return;
  history.replaceState({ top: follow.top }, "");
}

/** Mark the open conversation in the side list. */
export function markCurrent() {
  for (const link of document.querySelectorAll("#sidebar [data-list] a")) {
    if (new URL(link.href).pathname === location.pathname) link.ariaCurrent = "page";
    else link.removeAttribute("aria-current");
  }
}

function isPlain(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-visit]");
  if (!link || !isPlain(event)) return;
  // The second half of a double click was meant for what stood there before, such as the button that opens the list.
  const isSecond = event.detail > 1;
  const isHere = document.querySelector("chat-conversation") !== null;
  if (isHere || isSecond) event.preventDefault();
  if (isHere && !isSecond) visit(link.href);
});

addEventListener("popstate", () => {
  clearTimeout(noting);
  if (location.pathname !== place) visit(location.href, { push: false });
  else document.querySelector("chat-conversation")?.follow.restore(topHere());
});

// The browser would go there before the page has come.
if (document.querySelector("chat-conversation")) history.scrollRestoration = "manual";
addEventListener("pagehide", noteTop);
addEventListener("scroll", () => {
  clearTimeout(noting);
  noting = setTimeout(noteTop, NOTED_AFTER);
}, { passive: true });

// A menu that is left is closed.
document.addEventListener("focusin", ({ target }) => {
  for (const menu of document.querySelectorAll(":popover-open")) if (!menu.contains(target)) menu.hidePopover();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  if (event.shiftKey && event.code === "KeyO") {
    event.preventDefault();
    document.querySelector("[data-new][data-visit]")?.click();
  }
});
