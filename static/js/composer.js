/** <chat-composer>: where a person writes. Emits `message-send` and `reply-stop`, and keeps the text as a draft. */

import { Draft } from "./draft.js";
import { PROTOCOL } from "./protocol.js";

// On a touch screen the focus alone would open the keyboard over the page.
const hasKeyboard = matchMedia("(pointer: fine)");
// Between the clicks of a double click. At the second one the button may have changed from Send to Stop.
const DOUBLE_CLICK_MS = 500;
const NOT_SENT_YET = "Your last message has not been sent yet. This one can follow it.";
const ANSWERING = "An answer is still being written. Wait for its end, or stop it.";
const DELETED = "Your text is kept for a new conversation.";

class ChatComposer extends HTMLElement {
  #life;
  #draft;
  #lastClick = { wasAnswering: false, at: -DOUBLE_CLICK_MS };

  connectedCallback() {
    this.#life = new AbortController();
    this.form = this.querySelector(".composer");
    this.field = this.querySelector("textarea");
    this.#listen();
    this.#restore();
    this.showPrompt();
    this.#showKeys();
    this.takeFocus();
  }

  takeFocus() {
    if (hasKeyboard.matches) this.field.focus({ preventScroll: true });
  }

  /** Focus a field whose choice cannot be used. */
  focusChoice(name) {
    this.form.elements[name]?.focus();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#draft.keep(true);
  }

  #listen() {
    const { signal } = this.#life;
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.form.addEventListener("click", ({ target }) => target === this.form && this.field.focus(), { signal });
    this.form.addEventListener("change", () => this.showPrompt(), { signal });
    this.field.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.field.addEventListener("input", () => this.#input(), { signal });
    this.querySelector("[data-cancel]").addEventListener("click", () => this.cancelEdit(), { signal });
    this.querySelector(".send").addEventListener("click", (event) => this.#clicked(event), { signal });
    this.querySelector(".starters").addEventListener("click", ({ target }) => this.#start(target), { signal });
    hasKeyboard.addEventListener("change", () => this.#showKeys(), { signal });
    addEventListener("pagehide", () => this.#draft.keep(true), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#draft.keep(), { signal });
    visualViewport?.addEventListener("resize", stayAboveKeyboard, { signal });
  }

  /** The chosen model and system prompt, and the folder of a new conversation, as fields of a command. */
  get options() {
    const { model, prompt, folder } = this.form.elements;
    return { model: model?.value || undefined, prompt: prompt?.value, folder: folder?.value };
  }

  get #conversation() {
    return this.closest("chat-conversation");
  }

  get #isAnswering() {
    return this.#conversation.hasAttribute("data-answering");
  }

  // A keyboard on the screen has no other key for a new line than Enter.
  #keydown(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (!hasKeyboard.matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (event.repeat) return;
    if (!this.#isAnswering) this.form.requestSubmit();
    else if (this.field.value.trim()) this.notice(this.#reasonToWait);
  }

  get #reasonToWait() {
    return this.#conversation.querySelector("[data-pending]") ? NOT_SENT_YET : ANSWERING;
  }

  #showKeys() {
    this.field.enterKeyHint = hasKeyboard.matches ? "send" : "enter";
    this.field.title = hasKeyboard.matches ? "Enter sends, Shift+Enter starts a new line, Escape stops an answer" : "";
  }

  #clicked(event) {
    const { wasAnswering, at } = this.#lastClick;
    const isSecond = event.detail > 1 || event.timeStamp - at < DOUBLE_CLICK_MS;
    if (isSecond && wasAnswering !== this.#isAnswering) event.preventDefault();
    else this.#lastClick = { wasAnswering: this.#isAnswering, at: event.timeStamp };
  }

  #submit(event) {
    event.preventDefault();
    if (this.#isAnswering) this.#emit("reply-stop");
    else if (this.field.value.trim()) this.#send();
    this.field.focus();
  }

  #send() {
    const temporary = this.form.elements.temporary ? true : undefined;
    const detail = { text: this.field.value, parent: this.#draft.parent, ...this.options, temporary };
    const refusal = this.#conversation.hasAttribute("data-deleted") ? DELETED : tooLong(detail.text);
    this.notice(refusal);
    if (refusal) return;
    // The message is sent first: the model takes time, the page need not.
    this.#emit("message-send", detail);
    this.#draft.sent();
    this.#show();
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }

  #input() {
    this.#grow();
    this.#draft.write(this.field.value);
  }

  #restore() {
    this.#draft = new Draft(this.#conversation.dataset, this.#conversation.hasAttribute("data-new"));
    if (this.#draft.isEdit || this.#draft.text) this.#show();
    else this.#grow();
  }

  #show() {
    this.querySelector("[data-editing]").hidden = !this.isEditing;
    this.field.value = this.#draft.text;
    this.#grow();
  }

  /** The new conversation exists now. */
  begun() {
    this.#draft.begun(this.#conversation.dataset.conversation);
  }

  /** The conversation was deleted. Unsent messages return to the field, and can be sent in a new conversation. */
  orphan(unsent) {
    unsent.forEach(({ text }) => this.#draft.giveBack(text));
    this.#draft.orphan();
    this.#show();
    if (this.#draft.text) this.notice(DELETED);
  }

  get isEditing() {
    return this.#draft.isEdit;
  }

  /** Edit a message. What was in the field returns afterwards. */
  edit(message, text, parent) {
    this.#draft.edit(message, text, parent);
    this.#show();
    this.field.focus();
  }

  cancelEdit() {
    this.#draft.endEdit();
    this.#show();
    this.takeFocus();
  }

  /** A message was refused: its text returns to the field, before what was typed since. */
  giveBack(text, parent) {
    this.#draft.giveBack(text, parent);
    this.#show();
    this.field.focus();
  }

  #start(target) {
    if (!target.matches("[data-starter]")) return;
    this.field.value = target.textContent;
    this.#input();
    this.field.focus();
  }

  /** Show a sentence above the field. `isPassing`: until the connection is back. */
  notice(sentence, isPassing = false) {
    const line = this.querySelector("[data-notice]");
    line.textContent = sentence;
    line.toggleAttribute("data-passing", isPassing);
  }

  /** Show how much of a limit is used. */
  limits(sentence) {
    this.querySelector("[data-limits]").textContent = sentence;
  }

  /** The page is connected. */
  connected() {
    if (this.querySelector("[data-notice][data-passing]")) this.notice("");
  }

  showAnswering(isAnswering) {
    this.querySelector(".send").ariaLabel = isAnswering ? "Stop" : "Send";
  }

  showPrompt() {
    const option = this.form.elements.prompt?.selectedOptions[0];
    const pill = this.#conversation.querySelector("[data-prompt-in-force]");
    pill.hidden = !option?.value;
    pill.textContent = option?.value ? `${option.value} · v${option.dataset.version}` : "";
    const text = this.#conversation.querySelector("[data-prompt-text]");
    if (text) text.hidden = text.dataset.promptText !== option?.value;
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}

// Characters are counted as the server does.
function tooLong(text) {
  const limit = PROTOCOL.MAX_TEXT_CHARACTERS;
  const length = text.length > limit ? [...text].length : 0;
  if (length <= limit) return "";
  const [has, most] = [length, limit].map((count) => count.toLocaleString("en"));
  return `This message has ${has} characters; ${most} is the most. Shorten it, or send it in parts.`;
}

// Some keyboards cover the page instead of making it smaller.
function stayAboveKeyboard() {
  const { height, offsetTop, scale } = visualViewport;
  const covered = scale === 1 ? Math.max(0, innerHeight - height - offsetTop) : 0;
  document.documentElement.style.setProperty("--keyboard", `${covered}px`);
}

customElements.define("chat-composer", ChatComposer);
