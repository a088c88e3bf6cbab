/** <connection-status>: one sentence about the connection, when there is something to say. */

import { PROTOCOL } from "./protocol.js";

/** Not a code of a socket: the conversation of this page was deleted. */
export const DELETED = 0;
/** The code of the error before a close for too much at once, when that is the number of open pages. */
export const TOO_MANY_PAGES = "too_many_pages";
/** The code of the error before a close because the person is signed out. */
export const SIGNED_OUT = "signed_out";

const RECONNECTING_MS = 2000;
const DOUBTED_MS = 1000;
const RECONNECTING = "Reconnecting…";
const OFFLINE = "You are offline. What you send waits here.";
const SLOW = "WebSockets are blocked here, so live updates are slower.";
const DOUBTED = "The server does not respond. Checking the connection…";
const ENDED = {
  [PROTOCOL.CLOSE_FAILED]: "The server failed several times with this conversation.",
  [PROTOCOL.CLOSE_SIGNED_OUT]: "You are signed out.",
  [PROTOCOL.CLOSE_NOT_FOUND]: "Conversation not found.",
  [PROTOCOL.CLOSE_TOO_MUCH]: "That was too much at once. Wait a minute, then reload the page.",
  [DELETED]: "This conversation was deleted.",
};
const LINKS = { [PROTOCOL.CLOSE_SIGNED_OUT]: "sign-in", [DELETED]: "begin" };

class ConnectionStatus extends HTMLElement {
  #timer = null;
  #isSlow = false;
  #reason = "";
  #isDoubted = false;

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** Show the state of this connection. */
  watch(connection) {
    connection.addEventListener("slow", ({ detail }) => this.#connected(detail));
    connection.addEventListener("event", ({ detail }) => {
      if (detail.type === "conversation.opened" || this.#isDoubted) this.#connected(this.#isSlow);
      if (detail.code === TOO_MANY_PAGES) this.#reason = detail.detail;
    });
    connection.addEventListener("doubted", () => this.#doubted());
    connection.addEventListener("lost", () => this.#lost());
    connection.addEventListener("ended", ({ detail }) => this.ended(detail));
  }

  #connected(isSlow) {
    this.#isSlow = isSlow;
    this.#isDoubted = false;
    this.#show(isSlow ? SLOW : "");
    this.toggleAttribute("data-connected", true);
  }

  #lost() {
    this.removeAttribute("data-connected");
    this.#timer ??= setTimeout(() => this.#show(navigator.onLine ? RECONNECTING : OFFLINE), RECONNECTING_MS);
  }

  #doubted() {
    this.#isDoubted = true;
    this.#timer ??= setTimeout(() => this.#show(DOUBTED), DOUBTED_MS);
  }

  /** The page does not connect again. `code`: a close code, or DELETED. */
  ended(code) {
    this.removeAttribute("data-connected");
    this.#show(this.#reason || ENDED[code], LINKS[code] ?? "reload");
  }

  #show(sentence, link = "") {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.querySelector("span").textContent = sentence;
    for (const name of ["sign-in", "reload", "begin"]) this.querySelector(`[data-${name}]`).hidden = link !== name;
  }
}

customElements.define("connection-status", ConnectionStatus);
