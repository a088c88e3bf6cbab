/** One answer that is being written. It applies events in order and paints them a few times a second. */

import { StreamingBody } from "./streaming-body.js";
import { PROTOCOL } from "./protocol.js";

// Each paint costs about the same, however little it adds, and more in a long answer; painting more often does not read
// better. So the page asks for events at a pace, which is slower when the text is slow (CHARACTERS_PER_MS) or long (one
// ms more for each CHARACTERS_PER_STEP). It paints each event when it comes, but waits PAINT_PAUSE_MS after a paint: a
// little less than the pace, so that no event waits for the next one.
const PACE_MS = 100;
const SLOW_PACE_MS = 125;
const MAX_PACE_MS = 140;
const SLOW_CHARACTERS_PER_MS = 0.4;
const CHARACTERS_PER_STEP = 2048;
const PAINT_PAUSE_MS = 75;
const ACK_MS = PROTOCOL.ACK_SECONDS * 1000;

export class Reply {
  end = 0;
  blocks = 0;
  completion;
  isResuming = false;
  #article;
  #acknowledge;
  #reasoningBefore;
  #body;
  #waiting = null;
  #acknowledged = 0;
  #acknowledgedAt = 0;
  #paintedAt = -PAINT_PAUSE_MS;
  #timer;

  /** `article`: shows what was there before this run. `acknowledge(offset, pace)`: called after painting. */
  constructor(article, acknowledge) {
    this.#article = article;
    this.completion = runOf(article);
    this.#acknowledge = acknowledge;
    this.#body = new StreamingBody(article);
    this.#reasoningBefore = this.#reasoning?.textContent ?? "";
  }

  /** The page's position in this answer, as an event stream takes it. */
  get cursor() {
    return `${this.end}:${this.blocks}:${this.completion}`;
  }

  /** Whether `article` shows this run. */
  isOf(article) {
    return this.#article === article && this.completion === runOf(article);
  }

  get #reasoning() {
    return this.#article.querySelector("[data-reasoning]");
  }

  /** Apply an event that continues what is shown or begins the answer again. Returns false when it does neither. */
  apply(event) {
    const isWhole = event.offset === 0 && event.blocks === 0;
    if (!isWhole && !this.#continues(event)) return false;
    this.#adopt(event.completion);
    this.end = event.end;
    this.blocks = event.blocks + event.settled.length;
    this.isResuming = false;
    this.#merge(event, isWhole);
    return true;
  }

  // Offsets count from the beginning of a run, so those of another run mean nothing here: it is resumed from 0.
  #continues({ completion, offset, blocks }) {
    if (completion === this.completion) return offset === this.end && blocks === this.blocks;
    this.#adopt(completion);
    this.end = this.blocks = 0;
    this.isResuming = false;
    return false;
  }

  #adopt(completion) {
    this.completion = this.#article.dataset.completion = completion;
  }

  #merge(event, isWhole) {
    if (!this.#waiting) this.#schedule();
    if (!this.#waiting || isWhole) this.#waiting = { isWhole, settled: [], reasoning: "" };
    this.#waiting.settled.push(...event.settled);
    this.#waiting.reasoning += event.reasoning;
    this.#waiting.tail = event.tail;
  }

  // A hidden page gets no animation frames, and must still acknowledge.
  #schedule() {
    const rested = performance.now() - this.#paintedAt;
    if (document.hidden) setTimeout(() => this.paint(), ACK_MS);
    else if (rested >= 0 && rested < PAINT_PAUSE_MS) setTimeout(() => this.#schedule(), PAINT_PAUSE_MS - rested);
    else requestAnimationFrame(() => this.paint());
  }

  paint() {
    if (!this.#waiting) return;
    const { isWhole, settled, reasoning, tail } = this.#waiting;
    this.#waiting = null;
    this.#paintReasoning(reasoning, isWhole);
    this.#body.paint(settled, tail, isWhole);
    this.#acknowledgeSoon();
    this.#paintedAt = performance.now();
  }

  #paintReasoning(text, isWhole) {
    const element = this.#reasoning;
    if (!element || !(text || isWhole)) return;
    if (isWhole) element.textContent = this.#reasoningBefore;
    if (text) element.append(text);
    element.normalize();
    element.parentElement.hidden = !element.textContent.trim();
  }

  #acknowledgeSoon() {
    const wait = this.#acknowledgedAt + ACK_MS - Date.now();
    const isDue = wait <= 0 || this.end - this.#acknowledged >= PROTOCOL.ACK_CHARACTERS;
    clearTimeout(this.#timer);
    if (isDue) this.#acknowledgeNow();
    else this.#timer = setTimeout(() => this.#acknowledgeNow(), wait);
  }

  #acknowledgeNow() {
    const pace = this.#pace;
    this.#acknowledged = this.end;
    this.#acknowledgedAt = Date.now();
    this.#acknowledge(this.end, pace);
  }

  get #pace() {
    if (document.hidden) return ACK_MS;
    const rate = (this.end - this.#acknowledged) / (Date.now() - this.#acknowledgedAt);
    const pace = this.#acknowledgedAt && rate < SLOW_CHARACTERS_PER_MS ? SLOW_PACE_MS : PACE_MS;
    return Math.min(MAX_PACE_MS, Math.round(pace + this.end / CHARACTERS_PER_STEP));
  }

  /** Another run writes this message now: drop what is not painted. */
  drop() {
    this.#waiting = null;
    clearTimeout(this.#timer);
  }

  /** The answer has ended: paint the rest. */
  finish() {
    this.paint();
    clearTimeout(this.#timer);
    this.#acknowledgeNow();
    this.#body.finish();
  }
}

function runOf(article) {
  return Number(article.dataset.completion);
}
