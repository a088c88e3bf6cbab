/** <conversation-find>: the bar that finds words in the open conversation, in messages that are not loaded as well. */

const SEARCH_MS = 200;
const FAILED = "The search failed.";

class ConversationFind extends HTMLElement {
  #life;
  #timer;
  #search = new AbortController();
  #words = "";
  #found = { hits: [], count: 0, others: 0 };
  #index = 0;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.field = this.querySelector("input");
    this.addEventListener("input", () => this.#searchSoon(), { signal });
    this.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.#on("[data-previous]", () => this.#step(-1));
    this.#on("[data-next]", () => this.#step(1));
    this.#on("[data-close]", () => this.close());
    const opener = this.#page.querySelector("[data-find]");
    opener.addEventListener("click", (event) => (event.preventDefault(), this.open()), { signal });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#search.abort();
    this.#life.abort();
  }

  get #page() {
    return this.closest("chat-conversation");
  }

  /** What asks the server to mark the words in messages that are loaded; empty while nothing is being found. */
  get marking() {
    return this.#words ? `&mark=${encodeURIComponent(this.#words)}` : "";
  }

  open() {
    this.hidden = false;
    this.field.focus();
    this.field.select();
    if (this.field.value) this.#searchNow();
  }

  close() {
    clearTimeout(this.#timer);
    this.#search.abort();
    this.#show({ hits: [], count: 0, others: 0 }, "");
    this.hidden = true;
    this.#page.composer.takeFocus();
  }

  #on(selector, run) {
    this.querySelector(selector).addEventListener("click", run, { signal: this.#life.signal });
  }

  #keydown(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === this.field) this.#enter(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  #enter(step) {
    if (this.field.value.trim() !== this.#words) this.#searchNow();
    else this.#step(step);
  }

  #searchSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#searchNow(), SEARCH_MS);
  }

  async #searchNow() {
    clearTimeout(this.#timer);
    this.#search.abort();
    this.#search = new AbortController();
    const { signal } = this.#search;
    const words = this.field.value.trim();
    if (!words) return void this.#show({ hits: [], count: 0, others: 0 }, "");
    const found = await this.#fetch(words, signal);
    if (!signal.aborted) this.#show(found, words);
  }

  async #fetch(words, signal) {
    const near = this.#page.autoscroll.firstInView?.dataset.message ?? "";
    const query = new URLSearchParams({ q: words, near });
    const response = await fetch(`${this.#page.dataset.url}find/?${query}`, { signal }).catch(() => null);
    const found = response?.ok ? await response.json().catch(() => null) : null;
    return found ?? { hits: [], count: 0, others: 0, problem: FAILED };
  }

  #show(found, words) {
    this.#page.thread.unmark();
    this.#found = found;
    this.#words = words;
    this.#index = found.start ?? 0;
    this.querySelectorAll("[data-previous], [data-next]").forEach((button) => (button.disabled = !found.hits.length));
    this.#showCount();
    this.#showOthers();
    if (found.hits.length) this.#goTo();
  }

  #step(step) {
    const { length } = this.#found.hits;
    if (!length) return;
    this.#index = (this.#index + step + length) % length;
    this.#showCount();
    this.#goTo();
  }

  #goTo() {
    return this.#page.parts.find(this.#found.hits[this.#index], this.#words);
  }

  #showCount() {
    const { problem, hits, count } = this.#found;
    const position = hits.length ? `${this.#index + 1} of ${count}` : "None";
    this.querySelector("[data-count]").textContent = problem || (this.#words && position);
  }

  #showOthers() {
    const { others } = this.#found;
    const link = this.querySelector("[data-others]");
    link.hidden = !others;
    link.textContent = others ? `${others} on ${others === 1 ? "another version" : "other versions"}` : "";
    link.href = `${this.#page.dataset.url}?find=${encodeURIComponent(this.#words)}`;
  }
}

customElements.define("conversation-find", ConversationFind);
