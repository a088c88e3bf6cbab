// A part of a page that changes on the server: it is fetched again until it is done.

import { parse } from "./html.js";
import { morph } from "./morph.js";

const PAUSE_MS = 1000;

class LivePart extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.#wait();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #wait() {
    if ("running" in this.dataset) this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  // A page that cannot be fetched now, or only after signing in again, is fetched later.
  async #ask() {
    try {
      const response = await fetch(location.href, { redirect: "error" });
      if (response.ok) this.#show(parse(await response.text()).querySelector("live-part"));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    this.#wait();
  }

  #show(fresh) {
    if (fresh) morph(this, fresh);
  }
}

customElements.define("live-part", LivePart);
