/** One answer that is being written: takes frames in order and paints at most once a frame of the screen. */

import { morphChildren, parse } from "./html.js";

const BLOCKS = "p, h3, h4, h5, h6, ul, ol, li, blockquote, figure, pre, pre > code, .table, table, tbody, tr, td";
const ACK_EVERY = 250;
const ACK_AT = 16_384;

export class Reply {
  end = 0;
  blocks = 0;
  #article;
  #acknowledge;
  #tail = null;
  #waiting = null;
  #acknowledged = 0;
  #acknowledgedAt = 0;
  #timer;

  /** `acknowledge(offset)` is called after painting, now and then. */
  constructor(article, acknowledge) {
    this.#article = article;
    this.#acknowledge = acknowledge;
  }

  get article() {
    return this.#article;
  }

  /** Take a frame that continues what is here, or that begins at the beginning. False: it does neither. */
  apply(frame) {
    const isWhole = frame.offset === 0 && frame.blocks === 0;
    const continues = frame.offset === this.end && frame.blocks === this.blocks && frame.completion === (this.completion ?? frame.completion);
    if (!isWhole && !continues) return false;
    this.completion = frame.completion;
    this.end = frame.end;
    this.blocks = frame.blocks + frame.settled.length;
    this.#merge(frame, isWhole);
    return true;
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
    if (document.hidden) setTimeout(() => this.paint(), ACK_EVERY);
    else requestAnimationFrame(() => this.paint());
  }

  paint() {
    if (!this.#waiting) return;
    const { isWhole, settled, reasoning, tail } = this.#waiting;
    this.#waiting = null;
    this.#paintReasoning(reasoning, isWhole);
    this.#paintBody(settled, tail, isWhole);
    this.#tellProgress();
  }

  #paintReasoning(text, isWhole) {
    const place = this.#article.querySelector("[data-reasoning]");
    if (!place) return;
    if (isWhole) place.textContent = "";
    if (text) place.append(text);
    place.normalize();
    place.parentElement.hidden = !place.textContent;
  }

  #paintBody(settled, tail, isWhole) {
    const body = this.#article.querySelector("[data-body]");
    if (isWhole || !this.#tail) {
      this.#tail = null;
      body.replaceChildren();
    }
    if (!this.#tail && (settled.length || tail)) {
      this.#tail = document.createElement("div");
      this.#tail.dataset.tail = "";
      body.append(this.#tail);
    }
    if (settled.length) this.#tail.before(parse(settled.join("")));
    if (!this.#tail) return;
    morphChildren(this.#tail, parse(tail));
    markEnd(this.#tail);
  }

  #tellProgress() {
    const wait = this.#acknowledgedAt + ACK_EVERY - Date.now();
    clearTimeout(this.#timer);
    if (wait > 0 && this.end - this.#acknowledged < ACK_AT) this.#timer = setTimeout(() => this.#tell(), wait);
    else this.#tell();
  }

  #tell() {
    this.#acknowledged = this.end;
    this.#acknowledgedAt = Date.now();
    this.#acknowledge(this.end);
  }

  /** The answer has ended: paint what waits, and let the open block stand as the last one. */
  finish() {
    this.paint();
    clearTimeout(this.#timer);
    this.#tell();
    this.#tail?.replaceWith(...this.#tail.childNodes);
    this.#tail = null;
  }
}

// The caret's place: the innermost block that ends with the last words.
function markEnd(tail) {
  let place = tail;
  while (place.lastElementChild?.matches(BLOCKS) && !place.lastElementChild.nextSibling) place = place.lastElementChild;
  if (place !== tail) place.dataset.caret = "";
}
