/** The answers that are being written. Each takes frames in order, and paints a few times a second: first words at once. */

import { announce, GrowingBody, parse } from "./html.js";

const ENDS = {
  complete: "Answer finished.",
  stopped: "Answer stopped.",
  failed: "The answer failed.",
  interrupted: "The answer was interrupted.",
};
// Each paint costs about the same, whatever it adds, and more the longer the answer; more of them read no better. A page
// asks for frames at a pace (in ms), a slower one where little comes (in characters a ms) or much is there (a ms more
// for so many characters), and paints them as they come: only those that come faster have to wait, a little less than
// the pace, so that none waits for the next.
const PACE = 100;
const SLOW_PACE = 125;
const SLOWEST_PACE = 140;
const SLOW = 0.4;
const LENGTH = 2048;
const REST = 75;
const ACK_EVERY = 500;
const ACK_AT = 16_384;

export class Replies {
  #thread;
  #send;
  #growing = new Map();

  constructor(thread, send) {
    this.#thread = thread;
    this.#send = send;
  }

  /** Where the page is in each growing answer, as `message` to `offset:blocks:completion`. */
  get places() {
    const growing = this.#thread.running.map(({ dataset }) => [dataset.message, this.#at(dataset.message)]);
    return new Map(growing.map(([message, { end, blocks, completion }]) => [message, `${end}:${blocks}:${completion}`]));
  }

  /** The one that grows in this message; null when none does. */
  #at(message) {
    const article = this.#thread.find(message);
    if (article?.ariaBusy !== "true") return null;
    if (!this.#growing.get(message)?.isOf(article)) {
      this.#growing.get(message)?.drop();
      const acknowledge = (offset, pace) => this.#send({ type: "events.ack", message, offset, pace });
      this.#growing.set(message, new Reply(article, acknowledge));
    }
    return this.#growing.get(message);
  }

  /** A run began, with what stood there before as `html`, or it was told of again. */
  start({ message, completion, html }) {
    announce("Answer started.");
    if (this.#at(message)?.completion === completion) return;
    this.#growing.get(message)?.drop();
    this.#growing.delete(message);
    this.#thread.put(html);
  }

  apply(frame) {
    const reply = this.#at(frame.message);
    if (reply && !reply.apply(frame) && !reply.isAsking) this.resume(frame.message);
  }

  /** Ask for what comes after what is here. */
  resume(message) {
    const reply = this.#at(message);
    if (!reply) return;
    reply.isAsking = true;
    this.#send({ type: "events.resume", message, offset: reply.end, blocks: reply.blocks, completion: reply.completion });
  }

  finish({ message, status, error, html }) {
    announce(error ? `${ENDS[status]} ${error.detail}` : ENDS[status]);
    this.#growing.get(message)?.finish();
    this.#growing.delete(message);
    if (!html || !this.#thread.find(message)) return;
    this.#thread.put(html);
    // An answer that is all in Reasoning is opened once; after that the fold is the reader's.
    if (parse(html).querySelector(".reasoning[open]")) this.#thread.find(message).querySelector(".reasoning").open = true;
  }
}

class Reply {
  end = 0;
  blocks = 0;
  completion;
  isAsking = false;
  #article;
  #acknowledge;
  #reasoningBefore;
  #body;
  #waiting = null;
  #acknowledged = 0;
  #acknowledgedAt = 0;
  #paintedAt = -REST;
  #timer;

  /** `article` shows what stood there before this run; `acknowledge(offset, pace)` is called after painting, now and then. */
  constructor(article, acknowledge) {
    this.#article = article;
    this.completion = runOf(article);
    this.#acknowledge = acknowledge;
    this.#body = new GrowingBody(article);
    this.#reasoningBefore = this.#reasoning?.textContent ?? "";
  }

  /** Whether this is the run that the article shows. */
  isOf(article) {
    return this.#article === article && this.completion === runOf(article);
  }

  get #reasoning() {
    return this.#article.querySelector("[data-reasoning]");
  }

  /** Take a frame that continues what is here, or that begins at the beginning. False: it does neither. */
  apply(frame) {
    const isWhole = frame.offset === 0 && frame.blocks === 0;
    if (!isWhole && !this.#continues(frame)) return false;
    this.#adopt(frame.completion);
    this.end = frame.end;
    this.blocks = frame.blocks + frame.settled.length;
    this.isAsking = false;
    this.#merge(frame, isWhole);
    return true;
  }

  // Offsets count from where a run began, so those of another run say nothing here: it is asked for from its beginning.
  #continues({ completion, offset, blocks }) {
    if (completion === this.completion) return offset === this.end && blocks === this.blocks;
    this.#adopt(completion);
    this.end = this.blocks = 0;
    this.isAsking = false;
    return false;
  }

  #adopt(completion) {
    this.completion = this.#article.dataset.completion = completion;
  }

  #merge(frame, isWhole) {
    if (!this.#waiting) this.#schedule();
    if (!this.#waiting || isWhole) this.#waiting = { isWhole, settled: [], reasoning: "" };
    this.#waiting.settled.push(...frame.settled);
    this.#waiting.reasoning += frame.reasoning;
    this.#waiting.tail = frame.tail;
  }

  // A hidden page gets no animation frames, and its reader must not hold up the server.
  #schedule() {
    const rested = performance.now() - this.#paintedAt;
    if (document.hidden) setTimeout(() => this.paint(), ACK_EVERY);
    else if (rested >= 0 && rested < REST) setTimeout(() => this.#schedule(), REST - rested);
    else requestAnimationFrame(() => this.paint());
  }

  paint() {
    if (!this.#waiting) return;
    const { isWhole, settled, reasoning, tail } = this.#waiting;
    this.#waiting = null;
    this.#paintReasoning(reasoning, isWhole);
    this.#body.paint(settled, tail, isWhole);
    this.#tellProgress();
    this.#paintedAt = performance.now();
  }

  #paintReasoning(text, isWhole) {
    const place = this.#reasoning;
    if (!place || !(text || isWhole)) return;
    if (isWhole) place.textContent = this.#reasoningBefore;
    if (text) place.append(text);
    place.normalize();
    place.parentElement.hidden = !place.textContent.trim();
  }

  #tellProgress() {
    const wait = this.#acknowledgedAt + ACK_EVERY - Date.now();
    clearTimeout(this.#timer);
    if (wait > 0 && this.end - this.#acknowledged < ACK_AT) this.#timer = setTimeout(() => this.#tell(), wait);
    else this.#tell();
  }

  #tell() {
    const pace = this.#pace;
    this.#acknowledged = this.end;
    this.#acknowledgedAt = Date.now();
    this.#acknowledge(this.end, pace);
  }

  get #pace() {
    if (document.hidden) return ACK_EVERY;
    const isSlow = this.#acknowledgedAt && this.end - this.#acknowledged < SLOW * (Date.now() - this.#acknowledgedAt);
    return Math.min(SLOWEST_PACE, Math.round((isSlow ? SLOW_PACE : PACE) + this.end / LENGTH));
  }

  /** Another run writes here now: what waits is painted no more. */
  drop() {
    this.#waiting = null;
    clearTimeout(this.#timer);
  }

  /** The answer has ended: paint what waits. */
  finish() {
    this.paint();
    clearTimeout(this.#timer);
    this.#tell();
    this.#body.finish();
  }
}

function runOf(article) {
  return Number(article.dataset.completion);
}
