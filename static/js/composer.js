/** <chat-composer>: what is about to be said. Sends `message-send` and `reply-stop` up; keeps an unsent text over a reload. */

// On a touch screen focus alone would open the keyboard over the page.
const hasKeyboard = matchMedia("(pointer: fine)");

class ChatComposer extends HTMLElement {
  #life;
  #parent;
  #id = newId();

  connectedCallback() {
    this.#life = new AbortController();
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.#listen();
    this.#restore();
    this.#grow();
    this.showPrompt();
    this.takeFocus();
  }

  takeFocus() {
    if (hasKeyboard.matches) this.field.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  #listen() {
    const { signal } = this.#life;
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.form.addEventListener("click", ({ target }) => target === this.form && this.field.focus(), { signal });
    this.form.addEventListener("change", () => this.showPrompt(), { signal });
    this.field.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.field.addEventListener("input", () => this.#input(), { signal });
    this.querySelector("[data-cancel]").addEventListener("click", () => this.#endEdit(""), { signal });
    visualViewport?.addEventListener("resize", () => this.#stayAboveKeyboard(), { signal });
    this.querySelector(".starters").addEventListener("click", ({ target }) => this.#start(target), { signal });
  }

  get choice() {
    return { model: this.form.elements.model?.value || undefined, prompt: this.form.elements.prompt?.value };
  }

  get #conversation() {
    return this.closest("chat-conversation");
  }

  #keydown(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.#isAnswering) this.form.requestSubmit();
    else if (this.field.value.trim()) this.notice("An answer is still being written. Wait for its end, or stop it.");
  }

  get #isAnswering() {
    return this.#conversation.hasAttribute("data-answering");
  }

  #submit(event) {
    event.preventDefault();
    if (this.#isAnswering) this.#say("reply-stop");
    else if (this.field.value.trim()) this.#send();
    this.field.focus();
  }

  #send() {
    const detail = { id: this.#id, text: this.field.value, parent: this.#parent, ...this.choice };
    this.notice("");
    this.#endEdit("");
    this.#id = newId();
    this.#keep(detail.id, detail.text);
    this.#say("message-send", detail);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }

  #input() {
    this.#id = newId();
    this.#keep(this.#id, this.field.value);
    this.#grow();
  }

  /** Put a text into the field, ready to be changed and sent. */
  fill(text) {
    this.field.value = text;
    this.#input();
    this.field.focus();
  }

  edit(text, parent) {
    this.#parent = parent;
    this.querySelector("[data-editing]").hidden = false;
    this.fill(text);
  }

  #endEdit(text) {
    this.#parent = undefined;
    this.querySelector("[data-editing]").hidden = true;
    this.field.value = text;
    this.#grow();
  }

  /** A message was refused: its text comes back, before whatever has been typed since. */
  giveBack(text, parent) {
    const typed = this.field.value;
    if (parent !== undefined) this.edit(text, parent);
    this.fill(typed ? `${text}\n\n${typed}` : text);
  }

  #start(target) {
    if (target.matches("[data-starter]")) this.fill(target.textContent);
  }

  /** One line above the field; `link` names the way out that goes with it. */
  notice(sentence, link = "") {
    const line = this.querySelector("[data-notice]");
    line.hidden = !sentence;
    line.querySelector("span").textContent = sentence;
    line.querySelector("[data-sign-in]").hidden = link !== "sign-in";
    line.querySelector("[data-reload]").hidden = link !== "reload";
  }

  showAnswering(isAnswering) {
    this.querySelector(".send").ariaLabel = isAnswering ? "Stop" : "Send";
  }

  showPrompt() {
    const option = this.form.elements.prompt?.selectedOptions[0];
    const pill = this.#conversation.querySelector("[data-prompt-in-force]");
    pill.hidden = !option?.value;
    pill.textContent = option?.value ? `${option.value} · v${option.dataset.version}` : "";
  }

  // A draft is kept with its message's id until the server has it: sent twice, it is still one message.
  get #key() {
    return `draft ${this.#conversation.hasAttribute("data-new") ? "new" : this.#conversation.dataset.conversation}`;
  }

  #keep(id, text) {
    try {
      if (text) sessionStorage.setItem(this.#key, JSON.stringify({ id, text }));
      else sessionStorage.removeItem(this.#key);
    } catch { /* storage may be off or full; the text is still in the field */ }
  }

  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key));
    } catch {
      return null;
    }
  }

  /** The server has this message: its draft may go. */
  sent(id) {
    if (this.#kept()?.id === id) this.#keep(id, "");
  }

  #restore() {
    const draft = this.#kept();
    if (!draft) return;
    if (this.#conversation.querySelector(`[data-message="${draft.id}"]`)) return this.sent(draft.id);
    this.field.value = draft.text;
    this.#id = draft.id;
  }

  // Where a keyboard covers the page instead of making it smaller.
  #stayAboveKeyboard() {
    const { height, offsetTop, scale } = visualViewport;
    const covered = scale === 1 ? Math.max(0, innerHeight - height - offsetTop) : 0;
    document.documentElement.style.setProperty("--keyboard", `${covered}px`);
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}

// crypto.randomUUID is missing where the page is not served over TLS.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

customElements.define("chat-composer", ChatComposer);
