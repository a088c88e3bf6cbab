/** The messages on the page: finds, adds, updates and removes them. */

import { removeCaret } from "./streaming-body.js";
import { parse } from "./html.js";
import { morph } from "./morph.js";

export class Thread {
  /** Counts the changes: a page that was fetched meanwhile is too old. */
  revision = 0;
  /** Whether a fresh page would show more. */
  isBehind = false;
  #root;
  #blank;

  /** `blank`: the template of a person's message, without text. */
  constructor(root, blank) {
    this.#root = root;
    this.#blank = blank;
  }

  get running() {
    return [...this.#root.querySelectorAll('[aria-busy="true"]')];
  }

  /** The id of the last message that the server has, or null. */
  get last() {
    return [...this.#root.querySelectorAll(".message:not([data-pending])")].at(-1)?.dataset.message ?? null;
  }

  /** Whether the page shows this state of the conversation. Answers that grow on another branch do not matter. */
  shows({ head, newest, running }) {
    const shown = this.running.map((article) => article.dataset.message);
    const expected = running.filter((id) => this.find(id));
    return head === this.last && newest === this.#newestRun && String(expected.sort()) === String(shown.sort());
  }

  get #newestRun() {
    return Number(this.#root.dataset.newestRun);
  }

  /** A run that is shown here has begun: its number is known now. */
  began(completion) {
    if (!this.isBehind) this.#root.dataset.newestRun = Math.max(this.#newestRun, completion);
  }

  get isEmpty() {
    return !this.#root.querySelector(".message:not([hidden])");
  }

  find(id) {
    return this.#root.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }

  /** Show a message's HTML: in place of the old one, or at the end. */
  put(html) {
    this.revision++;
    const fresh = parse(html).querySelector(".message");
    const old = this.find(fresh.dataset.message);
    if (old) update(old, fresh);
    else this.#root.insertBefore(fresh, this.#root.querySelector("[data-pending]"));
  }

  /** Show these versions of the messages that are shown already, but of answers that are being written. */
  update(part) {
    for (const fresh of part?.querySelectorAll(".message") ?? []) {
      const old = this.find(fresh.dataset.message);
      if (old && !old.ariaBusy && !fresh.ariaBusy) update(old, fresh);
    }
  }

  /** Take away the marks of words that were found. */
  unmark() {
    this.#root.querySelector("[data-found]")?.removeAttribute("data-found");
    for (const mark of this.#root.querySelectorAll("[data-body] mark")) {
      const { parentNode } = mark;
      mark.replaceWith(...mark.childNodes);
      parentNode.normalize();
    }
  }

  /** Show a person's message before the server has it. */
  addPending(id, text) {
    const { content } = this.#blank;
    const article = content.querySelector(".message").cloneNode(true);
    article.id = `m-${id}`;
    article.dataset.message = id;
    article.dataset.pending = "";
    article.querySelector("[data-body]").textContent = text;
    article.append(content.querySelector("[data-late]").cloneNode(true));
    this.#root.append(article);
  }

  /** Say that a message has waited for long, and offer to discard it. */
  markLate(id) {
    const line = this.find(id)?.querySelector("[data-late]");
    if (!line) return;
    line.hidden = false;
    line.parentElement.querySelector(".actions").hidden = true;
  }

  /** Remove what follows `parent` (null: all), unless the new message `id` is shown already.
      Returns false when neither `parent` nor what follows it is on the page. */
  makeWay(parent, id) {
    const shown = this.find(id);
    if (shown && !isPending(shown)) return true;
    const following = this.#after(parent);
    if (!following) return false;
    this.revision++;
    for (const element of following) if (!isPending(element)) element.remove();
    return true;
  }

  /** Hide what follows `parent` until an edited message is accepted, or refused and `uncover` called. */
  cover(parent) {
    for (const element of this.#after(parent) ?? []) element.hidden = !isPending(element);
  }

  uncover() {
    for (const element of this.#root.children) element.hidden = false;
  }

  // Returns null where the page does not show what follows.
  #after(parent) {
    const elements = [...this.#root.children];
    if (!parent) return elements;
    const isNext = ({ dataset }) => dataset.parent === parent && !("pending" in dataset);
    const next = elements.indexOf(this.find(parent)) + 1 || elements.findIndex(isNext);
    return next < 0 ? null : elements.slice(next);
  }

  /** Whether what a fresh page shows begins within what this one shows, or is all of the branch. */
  joins(root) {
    const { message, parent } = root.querySelector(".message")?.dataset ?? {};
    return !parent || Boolean(this.find(message) ?? this.find(parent));
  }

  /** Show what a fresh page shows. What this page shows before it on the same branch, answers that grow here and
      unsent messages stay as they are. */
  sync(root) {
    this.isBehind = false;
    this.#root.dataset.newestRun = root.dataset.newestRun;
    const before = this.#before(root);
    if (before.length) root.querySelector("[data-gap]:first-child")?.remove();
    const fresh = [...root.children];
    const ids = new Set(fresh.map(({ dataset }) => dataset.message));
    for (const element of [...this.#root.children].slice(before.length)) {
      if (isGap(element) || (!ids.has(element.dataset.message) && !isPending(element))) element.remove();
    }
    let next = this.#root.children[before.length] ?? null;
    for (const element of fresh) next = this.#putAt(element, next);
  }

  // What stays before the first message of a fresh page: all that is shown before it.
  #before(root) {
    const { message, parent } = root.querySelector(".message")?.dataset ?? {};
    if (!parent) return [];
    const elements = [...this.#root.children];
    const first = elements.indexOf(this.find(message));
    return elements.slice(0, first < 0 ? elements.indexOf(this.find(parent)) + 1 : first);
  }

  /** Another version of a message is shown: put the focus back on the button that was pressed. */
  focusVersions(parent, label) {
    const buttons = [...this.#root.querySelectorAll(`[data-parent="${parent}"] .siblings button:enabled`)];
    const same = buttons.find((button) => button.ariaLabel === label);
    (same ?? buttons[0])?.focus({ preventScroll: true });
  }

  // Returns what the next one is put before.
  #putAt(fresh, next) {
    const old = isGap(fresh) ? null : this.find(fresh.dataset.message);
    if (old && !isSameRun(old, fresh)) update(old, fresh);
    if (old && old === next) return next.nextElementSibling;
    this.#root.insertBefore(old ?? fresh, next);
    return next;
  }
}

// Whether the same run writes both. The page may show more of it.
function isSameRun(old, fresh) {
  return old.ariaBusy && fresh.ariaBusy && old.dataset.completion === fresh.dataset.completion;
}

function isPending(element) {
  return "pending" in element.dataset;
}

function isGap(element) {
  return "gap" in element.dataset;
}

function update(article, fresh) {
  if (!fresh.ariaBusy) removeCaret(article);
  morph(article, fresh);
}
