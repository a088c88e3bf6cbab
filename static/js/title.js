/** <conversation-title>: the title in the bar, which can be edited there, and on the browser's tab. */

import { updateLists } from "./list-updates.js";
import { saveTitle } from "./save-title.js";

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

  /** Show a title from the server, unless the person is typing a new one. */
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

  // Leaving the field saves the change.
  #leave() {
    this.field.blur();
    this.#composer.takeFocus();
  }

  async #save() {
    const title = this.field.value.trim() || this.field.defaultValue;
    this.field.value = title;
    const problem = await saveTitle(this.form);
    if (problem) this.field.value = this.field.defaultValue;
    this.#composer.notice(problem);
    if (!problem) this.show(title);
    updateLists();
  }
}

customElements.define("conversation-title", ConversationTitle);
