/** <conversation-list>: titles searched while typing, older parts loaded on. <theme-choice>: light, dark, or as the system says. */

import { announce, parse } from "./html.js";
import { LiveList } from "./list.js";
import { markCurrent } from "./navigation.js";
import { forget } from "./unsent.js";

class ConversationList extends LiveList {
  #shownSource;

  connectedCallback() {
    super.connectedCallback();
    this.field = this.querySelector("input");
    this.#shownSource = this.source;
    const { signal } = this.life;
    this.querySelector("form").addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.field.addEventListener("input", () => this.refreshSoon(120), { signal });
    this.list.addEventListener("click", (event) => this.#clickedOlder(event), { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.end = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#loadOlder(), { root: this.list, rootMargin: "200px" });
    this.#watchEnd();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.end.disconnect();
  }

  get source() {
    return `${this.dataset.url}?q=${encodeURIComponent(this.field.value)}`;
  }

  /** Show the list's first part as it is now. What was loaded behind its last entry stays, unless it was another search. */
  become(part, source) {
    const isOther = source !== this.#shownSource;
    this.#shownSource = source;
    const focused = document.activeElement?.closest("[data-list] [data-conversation]");
    const top = this.list.scrollTop;
    const rest = isOther ? null : this.#restBehind(part);
    if (rest) {
      part.querySelector("[data-older]")?.remove();
      join(part, rest);
    }
    this.list.replaceChildren(part);
    this.list.scrollTop = isOther ? 0 : top;
    if (isOther) announce(this.#found());
    if (focused) this.list.querySelector(`[data-conversation="${focused.dataset.conversation}"] a`)?.focus();
    this.#shown();
  }

  #restBehind(part) {
    const entries = [...part.querySelectorAll("[data-conversation]")].map((entry) => `[data-conversation="${entry.dataset.conversation}"]`);
    const last = entries.length ? this.list.querySelector(entries.at(-1)) : null;
    if (!last) return null;
    const behind = new Range();
    behind.setStartAfter(last);
    behind.setEndAfter(this.list.lastChild);
    const rest = behind.extractContents();
    rest.querySelectorAll(entries.join()).forEach((entry) => entry.remove());
    return rest.querySelector("[data-conversation]") && rest;
  }

  #found() {
    const count = this.list.querySelectorAll("[data-conversation]").length;
    if (!count) return this.list.textContent.trim();
    return `${count}${this.list.querySelector("[data-older]") ? " or more" : ""} conversation${count === 1 ? "" : "s"} found.`;
  }

  async #loadOlder() {
    const link = this.list.querySelector("[data-older]");
    if (!link) return;
    this.end.disconnect();
    const html = await this.ask(this.dataset.url + link.dataset.older);
    if (html === null || !link.isConnected) return;
    link.remove();
    join(this.list, parse(html));
    this.#shown();
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

  #keydown(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    const sidebar = this.closest("[popover]");
    if (!sidebar.checkVisibility()) sidebar.showPopover();
    this.field.focus();
    this.field.select();
  }
}

// A part may go on in the middle of a day.
function join(list, part) {
  const last = [...list.querySelectorAll("section")].at(-1);
  const first = part.querySelector("section");
  const day = first?.querySelector("h2");
  if (last && first && (!day || day.textContent === last.querySelector("h2").textContent)) {
    last.querySelector("ul").append(...first.querySelector("ul").childNodes);
    first.remove();
  }
  list.append(part);
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

document.querySelector("form[data-sign-out]")?.addEventListener("submit", forget);

customElements.define("conversation-list", ConversationList);
customElements.define("theme-choice", ThemeChoice);
