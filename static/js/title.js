/** <conversation-title>: the title in the bar, changed in place. */

class ConversationTitle extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.form.elements.title;
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("change", () => this.#save());
    this.field.addEventListener("keydown", (event) => this.#keydown(event));
  }

  /** Show a title that came from the server, unless a new one is being typed. */
  show(title) {
    this.querySelector("h1").textContent = title;
    this.field.defaultValue = title;
    if (this.field !== document.activeElement) this.field.value = title;
    document.title = `${title || "Untitled"} · chatsite`;
  }

  #submit(event) {
    event.preventDefault();
    this.field.blur();
  }

  #keydown(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    this.field.value = this.field.defaultValue;
    this.field.blur();
  }

  async #save() {
    const title = this.field.value.trim() || this.field.defaultValue;
    this.field.value = title;
    const response = await fetch(this.form.action, { method: "POST", body: new FormData(this.form) }).catch(() => null);
    if (!response?.ok) this.field.value = this.field.defaultValue;
    this.closest("chat-conversation").querySelector("chat-composer").notice(response?.ok ? "" : "The title could not be saved. Try again.");
    if (response?.ok) this.show(title);
    document.dispatchEvent(new CustomEvent("conversation-changed"));
  }
}

customElements.define("conversation-title", ConversationTitle);
