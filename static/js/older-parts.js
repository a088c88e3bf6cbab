/** Loads the next part of a list before the reader comes to its end. What cannot be loaded is tried again. */

import { announce } from "./announcer.js";
import { entriesIn, fetchPart, join, olderIn } from "./list-parts.js";

// Before the end of the list.
const LOAD_AHEAD = "800px";
const FAILED = "Older conversations could not be loaded.";

export class OlderParts {
  isLoading = false;
  #list;
  #url;
  #onLoaded;
  #end;

  /** `url`: of parts, without their query. `root`: what scrolls; null for the page. `onLoaded()`: after each part. */
  constructor(list, { url, root, signal, onLoaded }) {
    this.#list = list;
    this.#url = url;
    this.#onLoaded = onLoaded;
    const onEnd = (entries) => entries.some((entry) => entry.isIntersecting) && this.load();
    this.#end = new IntersectionObserver(onEnd, { root, rootMargin: `${LOAD_AHEAD} 0px` });
    list.addEventListener("click", (event) => this.#clicked(event), { signal });
    addEventListener("online", () => this.#failed?.hidden === false && this.load(), { signal });
    signal.addEventListener("abort", () => this.#end.disconnect());
  }

  get #failed() {
    return this.#list.querySelector("[data-failed]");
  }

  /** Load when the reader comes near the end. */
  watch() {
    this.#end.disconnect();
    const link = olderIn(this.#list);
    if (link && this.#failed.hidden) this.#end.observe(link);
  }

  async load() {
    const link = olderIn(this.#list);
    if (!link || this.isLoading) return;
    this.isLoading = true;
    this.#end.disconnect();
    const part = await fetchPart(this.#url + link.dataset.older);
    this.isLoading = false;
    // Otherwise the list was fetched again meanwhile, and ends elsewhere.
    if (olderIn(this.#list) === link) this.#loaded(part);
    this.#onLoaded();
    this.watch();
  }

  #loaded(part) {
    if (part) return this.#join(part);
    this.#failed.hidden = false;
    announce(FAILED);
  }

  #join(part) {
    const hadFocus = this.#list.querySelector("[data-more]").contains(document.activeElement);
    const before = entriesIn(this.#list).length;
    join(this.#list, part);
    const entries = entriesIn(this.#list);
    announce(`${entries.length - before} older conversations loaded.`);
    if (hadFocus) entries[before]?.querySelector("a").focus();
  }

  #clicked(event) {
    const isRetry = event.target.closest("[data-try-again]");
    // After a failure the link leads to its page, which says what is wrong: the person may be signed out.
    const isNext = event.target.closest("[data-older]") && this.#failed.hidden;
    if (!isRetry && !isNext) return;
    event.preventDefault();
    this.load();
  }
}
