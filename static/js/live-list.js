/** A list of conversations that stays up to date: titles and dots change in place, for the rest it is fetched again. */

import { parse } from "./html.js";

export class LiveList extends HTMLElement {
  life = new AbortController();
  #fetching = new AbortController();
  #isFetching = false;
  #timer;

  connectedCallback() {
    this.list = this.querySelector("[data-list]");
    const { signal } = this.life;
    document.addEventListener("conversation-changed", ({ detail }) => this.#changed(detail ?? {}), { signal });
    document.addEventListener("conversations-answering", ({ detail }) => this.#compare(new Set(detail)), { signal });
  }

  disconnectedCallback() {
    this.life.abort();
  }

  #changed(event) {
    const { conversation, title, answering } = event;
    const entry = this.list.querySelector(`[data-conversation="${conversation}"]`);
    if (entry && title === null) this.#remove(entry);
    else if (entry && !this.#moves(entry, event)) show(entry, title || "Untitled", answering);
    else if (title !== null) this.refreshSoon();
    // The list that is being fetched may be older than this change.
    if (this.#isFetching) this.refreshSoon();
  }

  // A day without conversations has no heading either.
  #remove(entry) {
    const day = entry.closest("section");
    entry.remove();
    if (!day.querySelector("[data-conversation]")) this.refreshSoon();
  }

  // Answers may have begun or ended since the list was rendered. `answering`: the conversations that are answered now.
  #compare(answering) {
    const missing = new Set(answering);
    for (const entry of this.list.querySelectorAll("[data-conversation]:has([data-dot]:not([hidden]))")) {
      const { conversation } = entry.dataset;
      entry.querySelector("[data-dot]").hidden = !answering.has(conversation);
      missing.delete(conversation);
    }
    if (missing.size || this.#isFetching) this.refreshSoon();
  }

  // A conversation moves to the top when it is answered, and elsewhere when it is pinned or archived.
  #moves(entry, event) {
    if (["pinned", "archived"].some((name) => event[name] !== undefined && event[name] !== (name in entry.dataset))) return true;
    const first = this.list.querySelector(`[data-conversation]${"pinned" in entry.dataset ? "" : ":not([data-pinned])"}`);
    return event.answering && entry !== first && entry.querySelector("[data-dot]").hidden;
  }

  refreshSoon(wait = 250) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), wait);
  }

  async #refresh() {
    this.#fetching.abort();
    const fetching = (this.#fetching = new AbortController());
    this.#isFetching = true;
    const { source } = this;
    const html = await this.load(source, fetching.signal);
    if (fetching === this.#fetching) this.#isFetching = false;
    if (html !== null) this.update(parse(html), source);
  }

  /** Returns the HTML at this address; null when it cannot be fetched. */
  async load(url, signal) {
    try {
      const response = await fetch(url, { signal });
      return response.ok && !response.redirected ? await response.text() : null;
    } catch {
      return null;
    }
  }
}

function show(entry, title, answering) {
  const label = entry.querySelector("[data-title]");
  label.textContent = label.title = title;
  entry.querySelector("[data-dot]").hidden = !answering;
}
