/** A list of conversations that is kept true: titles and dots in place, the rest by asking for the list again. */

import { parse } from "./html.js";

export class LiveList extends HTMLElement {
  life = new AbortController();
  #asking = new AbortController();
  #isAsking = false;
  #timer;

  connectedCallback() {
    this.list = this.querySelector("[data-list]");
    document.addEventListener("conversation-changed", ({ detail }) => this.#changed(detail ?? {}), { signal: this.life.signal });
  }

  disconnectedCallback() {
    this.life.abort();
  }

  #changed({ conversation, title, answering }) {
    const entry = this.list.querySelector(`[data-conversation="${conversation}"]`);
    if (entry && title === null) entry.remove();
    else if (entry && !this.#moves(entry, answering)) show(entry, title || "Untitled", answering);
    else if (title !== null) this.refreshSoon();
    // A list that is on its way may be older than this.
    if (this.#isAsking) this.refreshSoon();
  }

  // A conversation goes to the top when it is answered.
  #moves(entry, answering) {
    return answering && entry !== this.list.querySelector("[data-conversation]") && entry.querySelector("[data-dot]").hidden;
  }

  refreshSoon(wait = 250) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), wait);
  }

  async #refresh() {
    this.#asking.abort();
    const asking = (this.#asking = new AbortController());
    this.#isAsking = true;
    const { source } = this;
    const html = await this.ask(source, asking.signal);
    if (asking === this.#asking) this.#isAsking = false;
    if (html !== null) this.become(parse(html), source);
  }

  async ask(url, signal) {
    try {
      const response = await fetch(url, { signal });
      return response.ok && !response.redirected ? await response.text() : null;
    } catch {
      return null;
    }
  }
}

function show(entry, title, answering) {
  const place = entry.querySelector("[data-title]");
  place.textContent = place.title = title;
  entry.querySelector("[data-dot]").hidden = !answering;
}
