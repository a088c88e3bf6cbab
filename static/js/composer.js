/** <chat-composer>: what is about to be said. Sends `message-send` and `reply-stop` up; keeps what is not sent as a draft. */

import { Draft } from "./unsent.js";

const LONGEST = 500_000;
// On a touch screen focus alone would open the keyboard over the page.
const hasKeyboard = matchMedia("(pointer: fine)");

class ChatComposer extends HTMLElement {
  #life;
  #parent;
  #draft;

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
    this.#draft.keep();
  }

  #listen() {
    const { signal } = this.#life;
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.form.addEventListener("click", ({ target }) => target === this.form && this.field.focus(), { signal });
    this.form.addEventListener("change", () => this.showPrompt(), { signal });
    this.field.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.field.addEventListener("input", () => this.#input(), { signal });
    this.querySelector("[data-cancel]").addEventListener("click", () => this.#clear(), { signal });
    this.querySelector(".starters").addEventListener("click", ({ target }) => this.#start(target), { signal });
    addEventListener("pagehide", () => this.#draft.keep(), { signal });
    visualViewport?.addEventListener("resize", stayAboveKeyboard, { signal });
  }

  get choice() {
    return { model: this.form.elements.model?.value || undefined, prompt: this.form.elements.prompt?.value };
  }

  get #conversation() {
    return this.closest("chat-conversation");
  }

  get #isAnswering() {
    return this.#conversation.hasAttribute("data-answering");
  }

  #keydown(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.#isAnswering) this.form.requestSubmit();
    else if (this.field.value.trim()) this.notice(this.#whyNot);
  }

  get #whyNot() {
    if (this.#conversation.querySelector("[data-pending]")) return "Your last message has not been sent yet. This one can follow it.";
    return "An answer is still being written. Wait for its end, or stop it.";
  }

  #submit(event) {
    event.preventDefault();
    if (this.#isAnswering) this.#say("reply-stop");
    else if (this.field.value.trim()) this.#send();
    this.field.focus();
  }

  #send() {
    const detail = { text: this.field.value, parent: this.#parent, ...this.choice };
    const refusal = tooLong(detail.text);
    this.notice(refusal);
    if (refusal) return;
    // Sent first: the model is waited for, the page is not.
    this.#say("message-send", detail);
    this.#clear();
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }

  #input() {
    this.#grow();
    this.#draft.keepSoon();
  }

  #restore() {
    const isNew = this.#conversation.hasAttribute("data-new");
    this.#draft = new Draft(this.#conversation.dataset, isNew, () => ({ text: this.field.value, parent: this.#parent }));
    const draft = this.#draft.kept;
    if (draft?.parent === undefined) this.field.value = draft?.text ?? this.field.defaultValue;
    else this.edit(draft.text, draft.parent);
  }

  /** The new conversation has begun. */
  begun() {
    this.#draft.begun();
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

  #clear() {
    this.#parent = undefined;
    this.querySelector("[data-editing]").hidden = true;
    this.field.value = "";
    this.#grow();
    this.#draft.keep();
  }

  /** A message was refused: its text comes back, before whatever has been typed since. */
  giveBack(text, parent) {
    const typed = this.field.value;
    if (parent !== undefined) this.edit(text, parent);
    this.fill(typed ? `${text}\n\n${typed}` : text);
    this.#draft.keep();
  }

  #start(target) {
    if (target.matches("[data-starter]")) this.fill(target.textContent);
  }

  /** One line above the field about what was just tried. */
  notice(sentence) {
    this.querySelector("[data-notice]").textContent = sentence;
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

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}

// Characters are counted as the server does.
function tooLong(text) {
  const length = text.length > LONGEST ? [...text].length : 0;
  const [has, most] = [length, LONGEST].map((count) => count.toLocaleString("en"));
  return length > LONGEST ? `This message has ${has} characters; ${most} is the most. Shorten it, or send it in parts.` : "";
}

// Where a keyboard covers the page instead of making it smaller.
function stayAboveKeyboard() {
  const { height, offsetTop, scale } = visualViewport;
  const covered = scale === 1 ? Math.max(0, innerHeight - height - offsetTop) : 0;
  document.documentElement.style.setProperty("--keyboard", `${covered}px`);
}

customElements.define("chat-composer", ChatComposer);
