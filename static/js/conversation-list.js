/** <conversation-list>: the list in the sidebar. Typing searches it, and scrolling to its end loads older parts. */

import { announce } from "./announcer.js";
import { parse } from "./html.js";
import { LiveList } from "./live-list.js";
import { markCurrent } from "./navigation.js";

const SEARCH_MS = 120;
// Pixels before the end of the list at which its next part is loaded.
const LOAD_AHEAD = "200px";

class ConversationList extends LiveList {
  #shownSource;

  connectedCallback() {
    super.connectedCallback();
    this.field = this.querySelector("input");
    this.#shownSource = this.source;
    const { signal } = this.life;
    this.querySelector("form").addEventListener("submit", (event) => this.#submit(event), { signal });
    this.field.addEventListener("input", () => this.refreshSoon(SEARCH_MS), { signal });
    this.list.addEventListener("click", (event) => this.#clickedOlder(event), { signal });
    const onEnd = (entries) => entries.some((entry) => entry.isIntersecting) && this.#loadOlder();
    this.end = new IntersectionObserver(onEnd, { root: this.list, rootMargin: LOAD_AHEAD });
    this.#watchEnd();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.end.disconnect();
  }

  get source() {
    return `${this.dataset.url}?q=${encodeURIComponent(this.field.value)}`;
  }

  /** Put the focus into the search, and open the drawer that it is in. */
  search() {
    const sidebar = this.closest("[popover]");
    if (!sidebar.checkVisibility()) sidebar.showPopover();
    this.field.focus();
    this.field.select();
  }

  /** Show a new first part of the list. The parts that follow its last entry stay, unless this is another search. */
  update(part, source) {
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
    if (focused) this.list.querySelector(`${selector(focused)} a`)?.focus();
    this.#updated();
  }

  #restBehind(part) {
    const entries = [...part.querySelectorAll("[data-conversation]")].map(selector);
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
    const more = this.list.querySelector("[data-older]") ? " or more" : "";
    return `${count}${more} conversation${count === 1 ? "" : "s"} found.`;
  }

  async #loadOlder() {
    const link = this.list.querySelector("[data-older]");
    if (!link) return;
    this.end.disconnect();
    const html = await this.load(this.dataset.url + link.dataset.older);
    if (html === null || !link.isConnected) return;
    link.remove();
    join(this.list, parse(html));
    this.#updated();
  }

  #updated() {
    markCurrent();
    this.#watchEnd();
  }

  #watchEnd() {
    const link = this.list.querySelector("[data-older]");
    if (link) this.end.observe(link);
  }

  // An empty search leads nowhere.
  #submit(event) {
    if (!this.field.value.trim()) event.preventDefault();
  }

  #clickedOlder(event) {
    if (!event.target.closest("[data-older]")) return;
    event.preventDefault();
    this.#loadOlder();
  }
}

function selector(entry) {
  return `[data-conversation="${entry.dataset.conversation}"]`;
}

// The next part may begin in the middle of a day.
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

customElements.define("conversation-list", ConversationList);
