/** The messages on the page: found, added, brought up to date, dropped. */

import { dropCaret, morph, parse } from "./html.js";

export class Thread {
  /** Counts the changes, so that a page fetched meanwhile can be told to be old. */
  revision = 0;
  /** Whether something was missed that a fresh page would show. */
  isBehind = false;
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

  /** The id of the last message that the server has; null when there is none. */
  get last() {
    return [...this.#root.querySelectorAll(".message:not([data-pending])")].at(-1)?.dataset.message ?? null;
  }

  /** Whether this is what the server says of the conversation. Answers that grow on another branch are no part of it. */
  shows({ head, newest, running }) {
    const shown = this.running.map((article) => article.dataset.message);
    const told = running.filter((id) => this.find(id));
    return head === this.last && newest === this.#newestRun && String(told.sort()) === String(shown.sort());
  }

  get #newestRun() {
    return Number(this.#root.dataset.newestRun);
  }

  /** A run has begun that is shown here, so that its number is no news. */
  began(completion) {
    if (!this.isBehind) this.#root.dataset.newestRun = Math.max(this.#newestRun, completion);
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
    if (old) become(old, fresh);
    else this.#root.insertBefore(fresh, this.#root.querySelector("[data-pending]"));
  }

  /** A person's message, shown before the server has it. */
  addPending(id, text) {
    const { content } = this.#blank;
    const article = content.querySelector(".message").cloneNode(true);
    article.dataset.message = id;
    article.dataset.pending = "";
    article.querySelector("[data-body]").textContent = text;
    article.append(content.querySelector("[data-late]").cloneNode(true));
    this.#root.append(article);
  }

  /** A message has waited long: say so, and offer to give it up. */
  markLate(id) {
    const line = this.find(id)?.querySelector("[data-late]");
    if (!line) return;
    line.hidden = false;
    line.parentElement.querySelector(".actions").hidden = true;
  }

  /** Make way for the message that follows `parent` (null: at the beginning) where it is not shown yet.
      False when `parent` is not here. */
  makeWay(parent, id) {
    const here = this.find(id);
    if (here && !isPending(here)) return true;
    if (parent && !this.find(parent)) return false;
    this.revision++;
    for (const article of this.#after(parent)) if (!isPending(article)) article.remove();
    return true;
  }

  /** Hide what follows `parent` until an edited message is taken, or refused and `uncover` called. */
  cover(parent) {
    if (parent && !this.find(parent)) return;
    for (const article of this.#after(parent)) article.hidden = !isPending(article);
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
    this.isBehind = false;
    this.#root.dataset.newestRun = root.dataset.newestRun;
    const fresh = [...root.querySelectorAll(".message")];
    const ids = new Set(fresh.map((article) => article.dataset.message));
    for (const article of [...this.#root.children]) {
      if (!ids.has(article.dataset.message) && !isPending(article)) article.remove();
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
      if (!isSameRun(old, fresh)) become(old, fresh);
    }
  }
}

// Whether both are written by the same run, of which the page may show more.
function isSameRun(old, fresh) {
  return old.ariaBusy && fresh.ariaBusy && old.dataset.completion === fresh.dataset.completion;
}

function isPending(article) {
  return "pending" in article.dataset;
}

function become(article, fresh) {
  if (!fresh.ariaBusy) dropCaret(article);
  morph(article, fresh);
}
