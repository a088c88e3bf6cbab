/** The body of an answer that is being written: settled blocks, then the open one. */

import { parse } from "./html.js";
import { morphChildren } from "./morph.js";

const BLOCKS = "p, h3, h4, h5, h6, ul, ol, li, blockquote, figure, pre, pre > code, .table, table, tbody, tr, td";

export class StreamingBody {
  #article;
  #lastSettled = null;
  #caret = null;

  constructor(article) {
    this.#article = article;
  }

  /** Show newly settled blocks, and the open one after them. `isWhole`: they are the first blocks of the answer. */
  paint(settled, tail, isWhole) {
    const body = this.#article.querySelector("[data-body]");
    if (isWhole) this.#begin(body);
    const fresh = parse(settled.join(""));
    const count = fresh.childNodes.length;
    fresh.append(parse(tail));
    morphChildren(body, fresh, this.#lastSettled);
    for (let n = 0; n < count; n++) this.#lastSettled = this.#lastSettled?.nextSibling ?? body.firstChild;
    this.#moveCaret(body.lastChild === this.#lastSettled ? null : lastBlock(body));
    if (tail && body.style.minHeight) body.style.minHeight = "";
  }

  // A long answer comes again in parts. The page must not shrink and jump meanwhile.
  #begin(body) {
    this.finish();
    this.#lastSettled = null;
    body.style.minHeight = `${body.offsetHeight}px`;
  }

  // A caret that stays is not touched: the browser would draw it again.
  #moveCaret(block) {
    if (block === this.#caret && block?.isConnected) return;
    if (this.#caret) delete this.#caret.dataset.caret;
    if (block) block.dataset.caret = "";
    this.#caret = block;
  }

  finish() {
    removeCaret(this.#article);
    this.#caret = null;
  }
}

/** Nothing is being written in this message any more. */
export function removeCaret(article) {
  for (const block of article.querySelectorAll("[data-caret]")) delete block.dataset.caret;
}

// The innermost block that ends with the last words; null when there is none.
function lastBlock(body) {
  let block = body;
  while (block.lastElementChild?.matches(BLOCKS) && !block.lastElementChild.nextSibling) block = block.lastElementChild;
  return block === body ? null : block;
}
