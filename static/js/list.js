/** A list of conversations that is kept true: titles and dots in place, the rest by asking for the list again. */

import { parse } from "./html.js";

export class LiveList extends HTMLElement {
  life = new AbortController();
  #asking = new AbortController();
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
    if (title === null) entry?.remove();
    else if (!entry || this.#moves(entry, answering)) this.refreshSoon();
    else show(entry, title || "Untitled", answering);
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
    this.#asking = new AbortController();
    const html = await this.ask(this.source, this.#asking.signal);
    if (html !== null) this.become(parse(html));
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
