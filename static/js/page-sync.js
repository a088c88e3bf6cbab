/** Fetches the page of the conversation again and shows it, with all that was missed. */

import { load } from "./navigation.js";

// After this time the page stops waiting. The next check finds what is still missing.
const SYNC_MS = 10_000;

export class PageSync {
  #page;
  #syncing = null;
  #asked = {};

  /** `page`: the <chat-conversation>. */
  constructor(page) {
    this.#page = page;
  }

  /** `query` asks for a part of the conversation; `swap`: see Autoscroll. Returns false when the page cannot be
      fetched. */
  async sync(query = "", swap = null) {
    const { thread } = this.#page;
    thread.isBehind = true;
    thread.revision++;
    if (query) this.#asked = { query, swap };
    this.#syncing ??= this.#fetchUntilCurrent().finally(() => (this.#syncing = null));
    return this.#syncing;
  }

  // A page that was overtaken by events is fetched again, and one that leaves out what the reader sees.
  async #fetchUntilCurrent() {
    const { thread, autoscroll, dataset } = this.#page;
    for (;;) {
      const { revision } = thread;
      const { query = "", swap } = this.#asked;
      const fresh = await load(dataset.url + query, { signal: AbortSignal.timeout(SYNC_MS) }).catch(() => null);
      if (!fresh || !this.#page.isConnected) return (this.#asked = {}), false;
      if (revision !== thread.revision) continue;
      const root = fresh.querySelector("[data-thread]");
      const seen = query || thread.joins(root) ? null : autoscroll.place;
      this.#asked = seen ? { query: `?at=${seen.message}` } : {};
      if (!seen) return this.#show(fresh, root, swap);
    }
  }

  #show(fresh, root, swap) {
    const { autoscroll, thread, parts, outbox } = this.#page;
    autoscroll.hold(() => thread.sync(root), swap);
    parts.watch();
    this.#page.showTitle(fresh.querySelector("conversation-title [name=title]").value);
    outbox.cover();
    this.#page.resume(thread.running);
    this.#page.show();
    return true;
  }
}
