/** <connection-status>: one line about the connection, where there is something to say. */

const RECONNECTING_AFTER = 2000;
const RECONNECTING = "Reconnecting…";
const OFFLINE = "You are offline. What you send waits here.";
const SLOW = "Live updates come by a slower way, because WebSockets are blocked here.";
const NOT_THERE = "This conversation is not there, or it is not yours.";
const ENDED = {
  1011: "The server keeps failing at this conversation.",
  4401: "You are signed out.",
  4403: NOT_THERE,
  4404: NOT_THERE,
  4429: "That was too much at once. Wait a minute before you go on.",
};

/** The error that says why a page is closed with 4429, where the reason is not what it has sent. */
export const TOO_MANY_PAGES = "too_many_pages";

class ConnectionStatus extends HTMLElement {
  #timer = null;
  #isSlow = false;
  #reason = "";

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** Show what a connection tells of itself. */
  watch(connection) {
    connection.addEventListener("slow", ({ detail }) => this.#connected(detail));
    connection.addEventListener("frame", ({ detail }) => detail.type === "conversation.opened" && this.#connected(this.#isSlow));
    connection.addEventListener("frame", ({ detail }) => detail.code === TOO_MANY_PAGES && (this.#reason = detail.detail));
    connection.addEventListener("lost", () => this.#lost());
    connection.addEventListener("ended", ({ detail }) => this.ended(detail));
  }

  #connected(isSlow) {
    this.#isSlow = isSlow;
    this.#say(isSlow ? SLOW : "");
    this.toggleAttribute("data-connected", true);
  }

  #lost() {
    this.removeAttribute("data-connected");
    this.#timer ??= setTimeout(() => this.#say(navigator.onLine ? RECONNECTING : OFFLINE), RECONNECTING_AFTER);
  }

  /** It is over, for the reason that a close code names. */
  ended(code) {
    this.removeAttribute("data-connected");
    this.#say(this.#reason || ENDED[code], code === 4401 ? "sign-in" : "reload");
  }

  #say(sentence, link = "") {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.querySelector("span").textContent = sentence;
    this.querySelector("[data-sign-in]").hidden = link !== "sign-in";
    this.querySelector("[data-reload]").hidden = link !== "reload";
  }
}

customElements.define("connection-status", ConnectionStatus);
