/** Goes from one conversation to another without loading a page: <main> is replaced, the sidebar stays. */

import { here } from "./address.js";
import { announce } from "./announcer.js";

const NOT_LOADED = "This page could not be loaded. Check the connection and try again.";
const PLACE_NOTED_MS = 100;

let visiting = new AbortController();
// A new temporary conversation differs from a new one in the query.
let shownPath = here();
let noting;

/** Returns a conversation's page as a document, with its `address` after redirects. Throws when it cannot be loaded. */
export async function load(url, options = {}) {
  // Loading a page while this one is hidden marks nothing as seen.
  const headers = document.hidden ? { "X-Page-Hidden": "1" } : {};
  const response = await fetch(url, { ...options, headers });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  page.address = response.url;
  if (personOn(page) !== personOn(document)) throw new OtherPage(response.url);
  return page;
}

// Another person may have signed in, in another tab.
function personOn(page) {
  return page.querySelector("chat-conversation")?.dataset.person;
}

/** The response is not a conversation of this person but, for example, the sign-in page. The message is its address. */
class OtherPage extends Error {}

async function visit(url, { push = true } = {}) {
  visiting.abort();
  visiting = new AbortController();
  try {
    const page = await load(url, { signal: visiting.signal });
    if (push) enter(page.address);
    show(page);
  } catch (error) {
    onFailed(error);
  }
}

function onFailed(error) {
  if (error instanceof OtherPage) location.assign(error.message);
  else if (error.name !== "AbortError") document.querySelector("chat-composer").notice(NOT_LOADED, true);
}

function show(page) {
  shownPath = here();
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("#sidebar:popover-open")?.hidePopover();
  announce(page.title);
  markCurrent();
}

/** The new conversation has an address of its own now. */
export function moved(url) {
  enter(url);
  shownPath = here();
  markCurrent();
}

/** Where the reader was when they left this entry of the browser's history: see Autoscroll. */
export function placeHere() {
  return history.state?.place ?? null;
}

function enter(url) {
  notePlace();
  history.pushState(null, "", url);
}

// While another page is being loaded the address is already that page's.
function notePlace() {
  clearTimeout(noting);
  const autoscroll = document.querySelector("chat-conversation")?.autoscroll;
  if (!autoscroll || here() !== shownPath) return;
  const { place } = autoscroll;
  if (JSON.stringify(place) !== JSON.stringify(placeHere())) history.replaceState({ place }, "");
}

/** Mark the open conversation in the sidebar. */
export function markCurrent() {
  for (const link of document.querySelectorAll("#sidebar [data-list] a")) {
    if (new URL(link.href).pathname === location.pathname) link.ariaCurrent = "page";
    else link.removeAttribute("aria-current");
  }
}

function isPlain(event) {
  const hasModifier = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !hasModifier && !event.defaultPrevented;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-visit]");
  if (!link || !isPlain(event)) return;
  // The second half of a double click was meant for what was there before.
  const isSecond = event.detail > 1;
  const isHere = document.querySelector("chat-conversation") !== null;
  if (isHere || isSecond) event.preventDefault();
  if (isHere && !isSecond) visit(link.href);
});

addEventListener("popstate", () => {
  clearTimeout(noting);
  if (here() !== shownPath) visit(location.href, { push: false });
  else document.querySelector("chat-conversation")?.parts.open(placeHere());
});

// The browser would scroll before the page is loaded.
if (document.querySelector("chat-conversation")) history.scrollRestoration = "manual";
addEventListener("pagehide", notePlace);
addEventListener("scroll", () => {
  clearTimeout(noting);
  noting = setTimeout(notePlace, PLACE_NOTED_MS);
}, { passive: true });
