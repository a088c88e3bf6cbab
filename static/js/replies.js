/** The answers that are being written on this page. */

import { announce } from "./announcer.js";
import { parse } from "./html.js";
import { Reply } from "./reply.js";

const ENDS = {
  complete: "Answer finished.",
  stopped: "Answer stopped.",
  failed: "The answer failed.",
  interrupted: "The answer was interrupted.",
};

export class Replies {
  #thread;
  #send;
  #replies = new Map();

  constructor(thread, send) {
    this.#thread = thread;
    this.#send = send;
  }

  /** The page's cursor in each running answer: `message` to `offset:blocks:completion`. */
  get cursors() {
    const running = this.#thread.running.map((article) => article.dataset.message);
    return new Map(running.map((message) => [message, this.#at(message).cursor]));
  }

  /** Returns the reply that this message shows; null when none is being written there. */
  #at(message) {
    const article = this.#thread.find(message);
    if (article?.ariaBusy !== "true") return null;
    if (!this.#replies.get(message)?.isOf(article)) {
      this.#replies.get(message)?.drop();
      const acknowledge = (offset, pace) => this.#send({ type: "events.ack", message, offset, pace });
      this.#replies.set(message, new Reply(article, acknowledge));
    }
    return this.#replies.get(message);
  }

  /** A run began. `html`: the message as it was before. The same event may come twice. */
  start({ message, completion, html }) {
    announce("Answer started.");
    if (this.#at(message)?.completion === completion) return;
    this.#replies.get(message)?.drop();
    this.#replies.delete(message);
    this.#thread.put(html);
  }

  apply(event) {
    const reply = this.#at(event.message);
    if (reply && !reply.apply(event) && !reply.isResuming) this.resume(event.message);
  }

  /** Ask for what follows the text that is shown. */
  resume(message) {
    const reply = this.#at(message);
    if (!reply) return;
    const { end, blocks, completion } = reply;
    reply.isResuming = true;
    this.#send({ type: "events.resume", message, offset: end, blocks, completion });
  }

  finish({ message, status, error, html }) {
    announce(error ? `${ENDS[status]} ${error.detail}` : ENDS[status]);
    this.#replies.get(message)?.finish();
    this.#replies.delete(message);
    if (!html || !this.#thread.find(message)) return;
    this.#thread.put(html);
    // An answer that is all reasoning is opened once. After that the reader opens and closes it.
    const isOpen = parse(html).querySelector(".reasoning[open]") !== null;
    if (isOpen) this.#thread.find(message).querySelector(".reasoning").open = true;
  }
}
