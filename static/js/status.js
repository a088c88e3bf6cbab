/** What a page tells of its conversation: <conversation-title> in the bar and on the tab, which is changed in place, and
    <connection-status>, one line about the connection where there is something to say. */

const RECONNECTING_AFTER = 2000;
const DOUBTED_AFTER = 1000;
const RECONNECTING = "Reconnecting…";
const OFFLINE = "You are offline. What you send waits here.";
const SLOW = "Live updates come by a slower way, because WebSockets are blocked here.";
const DOUBTED = "No word from the server. Asking whether it is still there…";
const NOT_FOUND = "Conversation not found.";
/** No code of a socket: the page's conversation was there, and is no longer. */
export const DELETED = 0;
const ENDED = {
  1011: "The server keeps failing at this conversation.",
  4401: "You are signed out.",
  4403: NOT_FOUND,
  4404: NOT_FOUND,
  4429: "That was too much at once. Wait a minute, then reload the page.",
  [DELETED]: "This conversation was deleted.",
};
const LINKS = { 4401: "sign-in", [DELETED]: "begin" };
const ANSWERING = "● ";

class ConversationTitle extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.form.elements.title;
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("change", () => this.#save());
    this.field.addEventListener("keydown", (event) => this.#keydown(event));
  }

  get #composer() {
    return this.closest("chat-conversation").querySelector("chat-composer");
  }

  /** Show a title that came from the server, unless a new one is being typed. */
  show(title) {
    this.querySelector("h1").textContent = title;
    this.field.defaultValue = title;
    if (this.field !== document.activeElement) this.field.value = title;
    const mark = document.title.startsWith(ANSWERING) ? ANSWERING : "";
    document.title = `${mark}${title || "Untitled"} · chatsite`;
  }

  /** Show on the tab whether an answer is being written. */
  showAnswering(isAnswering) {
    const title = document.title.replace(ANSWERING, "");
    document.title = isAnswering ? ANSWERING + title : title;
  }

  #submit(event) {
    event.preventDefault();
    this.#leave();
  }

  #keydown(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    this.field.value = this.field.defaultValue;
    this.#leave();
  }

  // To leave the field saves what was changed.
  #leave() {
    this.field.blur();
    this.#composer.takeFocus();
  }

  async #save() {
    const title = this.field.value.trim() || this.field.defaultValue;
    this.field.value = title;
    const response = await fetch(this.form.action, { method: "POST", body: new FormData(this.form) }).catch(() => null);
    if (!response?.ok) this.field.value = this.field.defaultValue;
    this.#composer.notice(response?.ok ? "" : "The title could not be saved. Try again.");
    if (response?.ok) this.show(title);
    document.dispatchEvent(new CustomEvent("conversation-changed"));
  }
}

/** The error that says why a page is closed with 4429, where the reason is not what it has sent. */
export const TOO_MANY_PAGES = "too_many_pages";
/** The error of a command before a page is closed with 4401. */
export const SIGNED_OUT = "signed_out";

class ConnectionStatus extends HTMLElement {
  #timer = null;
  #isSlow = false;
  #reason = "";
  #isDoubted = false;

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** Show what a connection tells of itself. */
  watch(connection) {
    connection.addEventListener("slow", ({ detail }) => this.#connected(detail));
    connection.addEventListener("frame", ({ detail }) => {
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
    this.#say(isSlow ? SLOW : "");
    this.toggleAttribute("data-connected", true);
  }

  #lost() {
    this.removeAttribute("data-connected");
    this.#timer ??= setTimeout(() => this.#say(navigator.onLine ? RECONNECTING : OFFLINE), RECONNECTING_AFTER);
  }

  #doubted() {
    this.#isDoubted = true;
    this.#timer ??= setTimeout(() => this.#say(DOUBTED), DOUBTED_AFTER);
  }

  /** It is over, for the reason that a close code names. */
  ended(code) {
    this.removeAttribute("data-connected");
    this.#say(this.#reason || ENDED[code], LINKS[code] ?? "reload");
  }

  #say(sentence, link = "") {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.querySelector("span").textContent = sentence;
    for (const name of ["sign-in", "reload", "begin"]) this.querySelector(`[data-${name}]`).hidden = link !== name;
  }
}

customElements.define("conversation-title", ConversationTitle);
customElements.define("connection-status", ConnectionStatus);
