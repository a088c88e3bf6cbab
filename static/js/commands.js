/** Turns what a person does with messages into commands: stop, retry, continue, edit, discard, show another version. */

const NO_CONNECTION = "There is no connection at the moment. Try again when it is back.";

export class Commands {
  #page;
  #stopSoon = false;

  /** `page`: the <chat-conversation>. */
  constructor(page) {
    this.#page = page;
  }

  click({ target, detail }) {
    const article = target.closest(".message");
    // The second half of a double click.
    if (!article || detail > 1) return;
    const { message, parent } = article.dataset;
    if (target.closest("[data-again]")) this.#send({ type: "reply.create", parent, ...this.#page.composer.options });
    if (target.closest("[data-continue]")) this.#send({ type: "reply.continue", message });
    if (target.closest("[data-edit]")) this.#page.composer.edit(message, textOf(article), parent || null);
    if (target.closest("[data-discard]")) this.#discard(message);
  }

  // Escape belongs to an input method, then to an open menu or dialog, to a field, to an edit, and last to the answer.
  keydown(event) {
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const { composer } = this.#page;
    const field = event.target.closest("input, select, textarea, [contenteditable]");
    if ((field && field !== composer.field) || document.querySelector(":popover-open, dialog[open]")) return;
    if (composer.isEditing) composer.cancelEdit();
    else if (this.#page.hasAttribute("data-answering")) this.stop();
  }

  // Before an answer has begun it has no id: it is stopped when it begins.
  stop() {
    const { running } = this.#page.thread;
    this.#stopSoon = running.length === 0;
    running.forEach((article) => this.#send({ type: "reply.stop", message: article.dataset.message }));
  }

  /** An answer has begun. */
  started() {
    if (this.#stopSoon) this.stop();
  }

  /** No answer is being written. */
  ended() {
    this.#stopSoon = false;
  }

  #send(command) {
    const { connection, composer } = this.#page;
    const isSent = connection.send(command);
    composer.notice(isSent ? "" : NO_CONNECTION, true);
    if (isSent) composer.takeFocus();
  }

  #discard(message) {
    this.#page.outbox.drop(message);
    this.#page.show();
    this.#page.composer.takeFocus();
  }

  // The buttons ‹ and › are outside their form, so that the HTML of a message has no token in it.
  async showVersion(event) {
    event.preventDefault();
    const { target, submitter } = event;
    const { parent, message: from } = submitter.closest(".message").dataset;
    const options = { method: "POST", body: new FormData(target, submitter), redirect: "manual" };
    const response = await fetch(target.action, options).catch(() => null);
    const to = submitter.value;
    const isShown = response?.type === "opaqueredirect" && (await this.#page.sync(`?at=${to}`, { from, to }));
    if (isShown) this.#page.thread.focusVersions(parent, submitter.ariaLabel);
    else this.#page.composer.notice(NO_CONNECTION, true);
  }
}

function textOf(article) {
  return article.querySelector("[data-body]").textContent;
}
