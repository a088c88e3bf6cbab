/** <conversation-list>: titles searched while typing, older parts loaded on. <theme-choice>: light, dark, or as the system says. */

import { parse } from "./html.js";
import { markCurrent } from "./navigation.js";

class ConversationList extends HTMLElement {
  #life;
  #asking = new AbortController();
  #timer;

  connectedCallback() {
    this.#life = new AbortController();
    this.list = this.querySelector("[data-list]");
    this.field = this.querySelector("input");
    const { signal } = this.#life;
    this.querySelector("form").addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.field.addEventListener("input", () => this.#soon(120), { signal });
    this.list.addEventListener("click", (event) => this.#clickedOlder(event), { signal });
    document.addEventListener("conversations-changed", () => this.#soon(250), { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.end = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#loadOlder(), { root: this.list, rootMargin: "200px" });
    this.#watchEnd();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.end.disconnect();
  }

  #soon(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), wait);
  }

  async #refresh() {
    const html = await this.#ask(`${this.dataset.url}?q=${encodeURIComponent(this.field.value)}`);
    if (html === null) return;
    const top = this.list.scrollTop;
    this.list.replaceChildren(parse(html));
    this.list.scrollTop = top;
    this.#shown();
  }

  async #loadOlder() {
    const link = this.list.querySelector("[data-older]");
    if (!link) return;
    this.end.disconnect();
    const html = await this.#ask(link.dataset.older);
    if (html === null) return;
    link.remove();
    this.list.append(this.#joined(parse(html)));
    this.#shown();
  }

  // A part may go on in the middle of a day.
  #joined(part) {
    const last = this.list.querySelector("section:last-of-type");
    const first = part.querySelector("section");
    if (last && first && last.querySelector("h2").textContent === first.querySelector("h2").textContent) {
      last.querySelector("ul").append(...first.querySelector("ul").childNodes);
      first.remove();
    }
    return part;
  }

  #shown() {
    markCurrent();
    this.#watchEnd();
  }

  #watchEnd() {
    const link = this.list.querySelector("[data-older]");
    if (link) this.end.observe(link);
  }

  #clickedOlder(event) {
    if (!event.target.closest("[data-older]")) return;
    event.preventDefault();
    this.#loadOlder();
  }

  async #ask(url) {
    this.#asking.abort();
    this.#asking = new AbortController();
    try {
      const response = await fetch(url, { signal: this.#asking.signal });
      return response.ok && !response.redirected ? await response.text() : null;
    } catch {
      return null;
    }
  }

  #keydown(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    const sidebar = this.closest("[popover]");
    if (!sidebar.checkVisibility()) sidebar.showPopover();
    this.field.focus();
    this.field.select();
  }
}

class ThemeChoice extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    select.value = document.documentElement.dataset.theme;
    select.onchange = () => {
      document.documentElement.dataset.theme = select.value;
      try { localStorage.setItem("theme", select.value); } catch { /* it holds for this page */ }
    };
  }
}

customElements.define("conversation-list", ConversationList);
customElements.define("theme-choice", ThemeChoice);
