/** Shows in a list which conversations have an unsent draft in this browser, also a new one. */

import { here } from "./address.js";
import { entryOf } from "./list-parts.js";
import { keysUnder } from "./storage.js";

export class DraftMarks {
  #element;
  #list;
  #mark;

  /** `element`: has the person, the mark to copy, and the entry of a new conversation. */
  constructor(element, list, signal) {
    this.#element = element;
    this.#list = list;
    this.#mark = element.querySelector("[data-draft-mark]").content;
    document.addEventListener("kept", () => this.show(), { signal });
    addEventListener("storage", ({ key }) => (key === null || key.startsWith("draft ")) && this.show(), { signal });
    addEventListener("pageshow", () => this.show(), { signal });
  }

  show() {
    const prefix = `draft ${this.#element.dataset.person} `;
    const drafted = new Set(keysUnder(prefix).map((key) => key.slice(prefix.length).split(" ")[0]));
    // The page of a new conversation shows its draft itself.
    const entry = this.#element.querySelector("[data-new-draft]");
    entry.hidden = !drafted.has("new") || entry.firstElementChild.href === location.origin + here();
    for (const mark of this.#list.querySelectorAll("[data-draft]")) {
      if (!drafted.has(mark.closest("[data-conversation]").dataset.conversation)) mark.remove();
    }
    for (const conversation of drafted) this.#add(entryOf(this.#list, conversation));
  }

  #add(entry) {
    if (entry && !entry.querySelector("[data-draft]")) entry.querySelector("[data-title]").after(this.#mark.cloneNode(true));
  }
}
