/** <conversation-list>: the list in the sidebar. Typing searches it, and scrolling to its end loads older parts. */

import { announce } from "./announcer.js";
import { entriesIn, olderIn } from "./list-parts.js";
import { placeIn } from "./list-place.js";
import { LiveList } from "./live-list.js";
import { markCurrent } from "./navigation.js";

const SEARCH_MS = 120;
const PLACE = "list";

class ConversationList extends LiveList {
  #shownQuery;

  connectedCallback() {
    super.connectedCallback();
    this.field = this.querySelector("input");
    this.#shownQuery = this.query;
    const { signal } = this.life;
    this.querySelector("form").addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("keydown", (event) => this.#step(event), { signal });
    this.addEventListener("keydown", (event) => this.#leave(event), { signal });
    this.field.addEventListener("input", () => this.refreshSoon(SEARCH_MS), { signal });
    addEventListener("pagehide", () => this.#notePlace(), { signal });
    const place = this.#place();
    if (place?.top) this.restore(place);
  }

  get query() {
    return `?q=${encodeURIComponent(this.field.value)}`;
  }

  /** Put the focus into the search, and open the drawer that it is in. */
  search() {
    const sidebar = this.closest("[popover]");
    if (!sidebar.checkVisibility()) sidebar.showPopover();
    this.field.focus();
    this.field.select();
  }

  update(part, query, isWhole) {
    const isOther = query !== this.#shownQuery;
    this.#shownQuery = query;
    super.update(part, query, isWhole || isOther);
    if (isOther) this.list.scrollTop = 0;
    if (isOther) announce(this.#found());
  }

  shown() {
    super.shown();
    markCurrent();
  }

  #found() {
    const count = entriesIn(this.list).length;
    if (!count) return this.list.textContent.trim();
    const more = olderIn(this.list) ? " or more" : "";
    return `${count}${more} conversation${count === 1 ? "" : "s"} found.`;
  }

  // The arrows lead from the search through what it found, and back.
  #step(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [this.field, ...this.list.querySelectorAll("li > a, .more")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (!next || !stops.includes(document.activeElement)) return;
    event.preventDefault();
    next.focus();
  }

  // Escape clears the search, and then leads back to where one writes.
  #leave(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.field.value) {
      event.preventDefault();
      this.field.value = "";
      this.field.focus();
      this.refreshSoon(0);
    } else if (event.target === this.field) document.querySelector("chat-composer")?.takeFocus();
  }

  // An empty search leads nowhere.
  #submit(event) {
    if (!this.field.value.trim()) event.preventDefault();
  }

  // The next page of this tab shows the list as this one leaves it.
  #notePlace() {
    const place = this.field.value ? null : placeIn(this.list, this.list);
    try {
      sessionStorage.setItem(PLACE, JSON.stringify({ ...place, focus: null }));
    } catch { /* each page begins at the top */ }
  }

  #place() {
    try {
      return JSON.parse(sessionStorage.getItem(PLACE));
    } catch {
      return null;
    }
  }
}

customElements.define("conversation-list", ConversationList);
