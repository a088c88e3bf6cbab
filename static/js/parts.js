/** Loads the parts of the conversation that the page leaves out: when a gap comes near the window, and around a message
    that is to be shown. */

import { announce } from "./announcer.js";
import { parse } from "./html.js";

// Pixels around the window.
const LOAD_AHEAD = "600px 0px";
const NOT_LOADED = "These messages could not be loaded. Check the connection and try again.";
const NOT_FOUND = "This message is not in this conversation any more.";
const LINKED = /^#m-([0-9a-f-]{36})$/;

export class Parts {
  #page;
  #root;
  #near;
  #isLoading = false;

  /** `page`: the <chat-conversation>. `root`: its thread. */
  constructor(page, root, signal) {
    this.#page = page;
    this.#root = root;
    const onNear = (entries) => entries.some(({ isIntersecting, target }) => isIntersecting && this.#load(target));
    this.#near = new IntersectionObserver(onNear, { rootMargin: LOAD_AHEAD });
    root.addEventListener("click", (event) => this.#click(event), { signal });
    addEventListener("hashchange", () => this.#revealLinked(), { signal });
    signal.addEventListener("abort", () => this.#near.disconnect());
  }

  /** Load each gap of the thread that is near the window, now or later. */
  watch() {
    this.#near.disconnect();
    this.#root.querySelectorAll("[data-load]").forEach((link) => this.#near.observe(link));
  }

  /** Show the message that the address names, or `place`, see Autoscroll; without one the end. */
  async open(place) {
    const { autoscroll, thread } = this.#page;
    autoscroll.restore(place);
    this.watch();
    if (!place) return void (await this.#revealLinked());
    if (!thread.find(place.message) && (await this.#page.sync(`?at=${place.message}`))) autoscroll.restore(place);
  }

  async #revealLinked() {
    const linked = LINKED.exec(location.hash)?.[1];
    if (linked && !this.#page.thread.find(linked) && !(await this.reveal(linked))) this.#page.composer.notice(NOT_FOUND);
  }

  /** Show a message of this branch, with these words marked in it and around it. */
  async find(message, words) {
    const { autoscroll, thread, dataset } = this.#page;
    const query = `?at=${message}&mark=${encodeURIComponent(words)}`;
    if (!thread.find(message)) await this.#page.sync(query);
    else thread.update(await fetchPart(`${dataset.url}messages/${query}`));
    if (thread.find(message)) autoscroll.toMessage(thread.find(message));
  }

  /** Show a message that may not be loaded, or be on another branch. Returns whether it is in the conversation. */
  async reveal(message) {
    const { autoscroll, thread, dataset } = this.#page;
    if (!thread.find(message)) {
      // Its page shows the branch that it is on.
      const response = await fetch(`${dataset.url}messages/${message}/`, { redirect: "manual" }).catch(() => null);
      if (response?.type === "opaqueredirect") await this.#page.sync(`?at=${message}`);
    }
    const article = thread.find(message);
    if (article) autoscroll.toMessage(article);
    return Boolean(article);
  }

  #click(event) {
    const link = event.target.closest("[data-load]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.#load(link, true);
  }

  async #load(link, isAsked = false) {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const part = await fetchPart(`${this.#page.dataset.url}messages/${link.search}${this.#page.finder.marking}`);
    this.#isLoading = false;
    if (!link.isConnected) return;
    if (!part) return void this.#page.composer.notice(NOT_LOADED, true);
    const count = this.#fill(link.closest("[data-gap]"), link.dataset.load, part);
    if (isAsked) announce(`${count} messages loaded.`);
    this.watch();
  }

  /** Put the messages of a part into a gap, at its `side`. Returns how many there were. */
  #fill(gap, side, part) {
    const articles = [...part.querySelectorAll(".message")];
    const fresh = articles.filter(({ dataset }) => !this.#page.thread.find(dataset.message));
    const isFilled = fresh.length < articles.length || !fresh.length || (side === "before" && !part.querySelector("[data-gap]"));
    this.#page.autoscroll.hold(() => {
      if (side === "before") gap.after(...fresh);
      else gap.before(...fresh);
      if (isFilled) close(gap, fresh);
      else point(gap);
    });
    this.#page.resume(fresh);
    return fresh.length;
  }
}

async function fetchPart(url) {
  const response = await fetch(url, { redirect: "error" }).catch(() => null);
  const html = response?.ok ? await response.text().catch(() => null) : null;
  return html === null ? null : parse(html);
}

// The links of a gap lead on from its neighbours.
function point(gap) {
  for (const link of gap.querySelectorAll("[data-load]")) {
    const { load: side } = link.dataset;
    const neighbour = side === "before" ? gap.nextElementSibling : gap.previousElementSibling;
    link.search = `?${side}=${neighbour.dataset.message}`;
  }
}

function close(gap, fresh) {
  const hadFocus = gap.contains(document.activeElement);
  gap.remove();
  if (!hadFocus || !fresh.length) return;
  fresh[0].tabIndex = -1;
  fresh[0].focus({ preventScroll: true });
}
