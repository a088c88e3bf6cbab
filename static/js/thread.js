/** The messages on the page: found, added, brought up to date, dropped. */

import { morph, parse } from "./html.js";

export class Thread {
  /** Counts the changes, so that a page fetched meanwhile can be told to be old. */
  revision = 0;
  #root;
  #blank;

  /** `blank`: the template of a person's message without text. */
  constructor(root, blank) {
    this.#root = root;
    this.#blank = blank;
  }

  get running() {
    return [...this.#root.querySelectorAll('[aria-busy="true"]')];
  }

  get isEmpty() {
    return !this.#root.querySelector(".message:not([hidden])");
  }

  find(id) {
    return this.#root.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }

  /** Show a message's HTML: in its old place, or at the end. */
  put(html) {
    this.revision++;
    const fresh = parse(html).querySelector(".message");
    const old = this.find(fresh.dataset.message);
    if (!old) {
      this.#root.append(fresh);
      return fresh;
    }
    morph(old, fresh);
    return old;
  }

  /** A person's message, shown before the server has it. */
  addPending(id, text) {
    const article = this.#blank.content.querySelector(".message").cloneNode(true);
    article.dataset.message = id;
    article.dataset.pending = "";
    article.querySelector("[data-body]").textContent = text;
    this.#root.append(article);
  }

  /** Drop what follows `parent` (null: everything), but for the message that is meant to follow it.
      False when `parent` is not here. */
  dropAfter(parent, except) {
    if (parent && !this.find(parent)) return false;
    this.revision++;
    for (const article of this.#after(parent)) {
      if (article.dataset.message !== except) article.remove();
    }
    return true;
  }

  /** Hide what follows `parent` until an edited message is taken, or refused and `uncover` called. */
  cover(parent) {
    this.#after(parent).forEach((article) => (article.hidden = true));
  }

  uncover() {
    this.#root.querySelectorAll(".message[hidden]").forEach((article) => (article.hidden = false));
  }

  #after(parent) {
    const articles = [...this.#root.children];
    return articles.slice(parent ? articles.indexOf(this.find(parent)) + 1 : 0);
  }

  /** Become what a fresh page shows; answers that grow here and messages on their way stay as they are. */
  sync(root) {
    const fresh = [...root.querySelectorAll(".message")];
    const ids = new Set(fresh.map((article) => article.dataset.message));
    for (const article of [...this.#root.children]) {
      if (!ids.has(article.dataset.message) && !("pending" in article.dataset)) article.remove();
    }
    fresh.forEach((article, index) => this.#settle(article, this.#root.children[index] ?? null));
  }

  /** Another version of a message is shown: the buttons that lead through its versions keep the focus. */
  focusVersions(parent, label) {
    const versions = `[data-parent="${parent}"] .siblings button`;
    const button = this.#root.querySelector(`${versions}[aria-label="${label}"]:enabled`) ?? this.#root.querySelector(`${versions}:enabled`);
    button?.focus({ preventScroll: true });
  }

  #settle(fresh, place) {
    const old = this.find(fresh.dataset.message);
    if (!old) this.#root.insertBefore(fresh, place);
    else {
      if (old !== place) this.#root.insertBefore(old, place);
      if (!fresh.ariaBusy) morph(old, fresh);
    }
  }
}
