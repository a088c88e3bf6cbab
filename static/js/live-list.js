/** A list of conversations that loads older ones while it is scrolled and stays up to date: titles and dots change in
    place, all else is fetched again. */

import { isOnDay, labelDays } from "./days.js";
import { DraftMarks } from "./draft-marks.js";
import { entriesIn, entryOf, fetchPart, join, keepRest, olderIn, reuse } from "./list-parts.js";
import { goTo, keepingPlace } from "./list-place.js";
import { OlderParts } from "./older-parts.js";

const REFRESH_MS = 250;
// Conversations that the server puts into a part unless asked for more, and the most that it does.
const PART = 40;
const MAX_PART = 200;
// A field in which the reader is typing must not move.
const TYPING = "input:not([type=checkbox]):focus";

export class LiveList extends HTMLElement {
  life = new AbortController();
  older;
  drafts;
  #fetching = new AbortController();
  #isFetching = false;
  #isWhole = false;
  #isPostponed = false;
  #missed = [];
  #place = null;
  #timer;

  connectedCallback() {
    this.list = this.querySelector("[data-list]");
    const { signal } = this.life;
    const { url } = this.dataset;
    const root = this.scroller === document.scrollingElement ? null : this.scroller;
    this.older = new OlderParts(this.list, { url, root, signal, onLoaded: () => this.#loadedOlder() });
    document.addEventListener("conversation-changed", ({ detail }) => this.#changed(detail ?? {}), { signal });
    document.addEventListener("conversations-answering", ({ detail }) => this.#compare(new Set(detail)), { signal });
    this.list.addEventListener("focusout", () => this.#isPostponed && this.refreshSoon(), { signal });
    this.drafts = new DraftMarks(this, this.list, signal);
    this.older.watch();
    this.shown();
  }

  disconnectedCallback() {
    this.life.abort();
  }

  /** The query of the list, without `count`. */
  get query() {
    return "?";
  }

  /** What scrolls. */
  get scroller() {
    return this.list;
  }

  /** The list has changed. */
  shown() {
    labelDays(this.list);
    this.drafts.show();
  }

  #loadedOlder() {
    // Events that came while the part was being fetched may concern it.
    this.#missed.splice(0).forEach((event) => this.#changed(event));
    this.shown();
  }

  #changed(event) {
    const { conversation, title, temporary } = event;
    if (temporary) return;
    const entry = entryOf(this.list, conversation);
    if (!conversation) this.#isWhole = true;
    if (this.dataset.show === "deleted") return this.#refreshWhole();
    if (this.older.isLoading) this.#missed.push(event);
    if (entry && title === null) this.#remove(entry);
    else if (entry && !this.#moves(entry, event)) show(entry, event);
    else if (title !== null) this.#fetchMoved(event);
    // The list that is being fetched may be older than this change.
    if (this.#isFetching) this.refreshSoon();
  }

  #refreshWhole() {
    this.#isWhole = true;
    this.refreshSoon();
  }

  // A day without conversations has no heading either.
  #remove(entry) {
    const day = entry.closest("section");
    keepingPlace(this.list, this.scroller, () => entry.remove());
    if (!entriesIn(day).length) this.refreshSoon();
  }

  // Answers may have begun or ended since the list was rendered. `answering`: the conversations that are answered now.
  #compare(answering) {
    const missing = new Set(answering);
    for (const entry of this.list.querySelectorAll("[data-conversation]:has([data-dot]:not([hidden]))")) {
      const { conversation } = entry.dataset;
      entry.querySelector("[data-dot]").hidden = !answering.has(conversation);
      missing.delete(conversation);
    }
    if (missing.size || this.#isFetching) this.refreshSoon();
  }

  // A conversation moves to the top when it is answered, and elsewhere when it is pinned or archived.
  #moves(entry, { pinned, archived, folder, updated }) {
    const { dataset } = entry;
    const isFirst = entry === this.#first("pinned" in dataset);
    const isElsewhere = "folder" in dataset && dataset.folder !== (folder ?? "");
    const isOther = pinned !== "pinned" in dataset || archived !== "archived" in dataset;
    if (isElsewhere || isOther) return (this.#isWhole = true);
    return updated !== dataset.updated && !(isFirst && isOnDay(updated, entry.closest("section").dataset.day));
  }

  // A conversation that does not move to the top may be anywhere in the list.
  #fetchMoved({ pinned, updated }) {
    const first = this.#first(pinned);
    if (updated && first && Date.parse(updated) < Date.parse(first.dataset.updated)) this.#isWhole = true;
    this.refreshSoon();
  }

  #first(isPinned) {
    return this.list.querySelector(`[data-conversation]${isPinned ? "" : ":not([data-pinned])"}`);
  }

  refreshSoon(wait = REFRESH_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), wait);
  }

  // The first part is enough where it is known what has changed.
  async #refresh() {
    this.#fetching.abort();
    const fetching = (this.#fetching = new AbortController());
    this.#isFetching = true;
    const { query } = this;
    const isWhole = this.#isWhole;
    const count = isWhole ? Math.max(entriesIn(this.list).length, this.#place?.count ?? 0) : PART;
    const part = await this.#fetch(query, count, fetching.signal);
    if (fetching !== this.#fetching) return;
    this.#isFetching = false;
    this.#isPostponed = Boolean(part && this.list.querySelector(TYPING));
    if (!part || this.#isPostponed) return;
    this.#isWhole = false;
    this.update(part, query, isWhole);
  }

  /** Returns the list from its beginning, at least `count` conversations of it; null when it cannot be fetched. */
  async #fetch(query, count, signal) {
    const size = Math.min(Math.max(count, PART), MAX_PART);
    const { url } = this.dataset;
    const list = await fetchPart(`${url}${query}&count=${size}`, signal);
    while (list && olderIn(list) && entriesIn(list).length < count) {
      const next = await fetchPart(`${url}${olderIn(list).dataset.older}&count=${MAX_PART}`, signal);
      if (!next) return null;
      join(list, next);
    }
    return list;
  }

  /** Show a new beginning of the list; with `isWhole`, nothing of the old one follows it. */
  update(part, query, isWhole) {
    keepingPlace(this.list, this.scroller, () => this.#replace(part, isWhole));
    this.#arrive();
    this.older.watch();
    this.shown();
  }

  #replace(part, isWhole) {
    if (!isWhole) keepRest(this.list, part);
    reuse(this.list, part);
    this.list.replaceChildren(part);
  }

  /** Load what was loaded when the reader left this list, and go to where they were. */
  restore(place) {
    const isMore = place.count > entriesIn(this.list).length && olderIn(this.list);
    if (!isMore) return goTo(place, this.list, this.scroller);
    this.#place = place;
    this.#isWhole = true;
    this.#refresh();
  }

  /** Whether it still loads what the reader had seen. */
  get isArriving() {
    return this.#place !== null;
  }

  #arrive() {
    if (this.#place) goTo(this.#place, this.list, this.scroller);
    this.#place = null;
  }
}

function show(entry, { title, answering, unread, updated }) {
  const label = entry.querySelector("[data-title]");
  label.textContent = label.title = title || "Untitled";
  entry.querySelector("[data-dot]").hidden = !answering;
  entry.querySelector("[data-unread]").hidden = !unread;
  entry.dataset.updated = updated;
}
