/** HTML from the server, as nodes; and one piece of the page made equal to another while what is equal stays. */

const BLOCKS = "p, h3, h4, h5, h6, ul, ol, li, blockquote, figure, pre, pre > code, .table, table, tbody, tr, td";
// What the reader has opened or switched is theirs and outlives an update. The caret moves when the words are there.
const KEPT = new Set(["open", "aria-pressed", "data-wrapped", "data-caret"]);

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function announce(sentence) {
  document.querySelector("[data-announcer]").textContent = sentence;
}

/** Make `old` equal to `fresh`. Nodes that are equal already keep their selection, focus and scroll position. */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.ELEMENT_NODE) {
    copyAttributes(old, fresh);
    morphChildren(old, fresh);
  } else morphText(old, fresh.data);
}

// What is equal at the beginning stays, and a selection in it.
function morphText(node, text) {
  const { data } = node;
  let same = text.startsWith(data) ? data.length : 0;
  while (same < data.length && data[same] === text[same]) same++;
  node.replaceData(same, data.length - same, text.slice(same));
}

/** The same for what is inside, behind `before` (null: all): each fresh child meets the next old one of its kind; those in
    between are gone. */
function morphChildren(old, fresh, before = null) {
  let place = before ? before.nextSibling : old.firstChild;
  for (const node of [...fresh.childNodes]) {
    let match = place;
    while (match && !isAlike(match, node)) match = match.nextSibling;
    if (match) {
      removeUntil(place, match);
      place = match.nextSibling;
      morph(match, node);
    } else old.insertBefore(node, place);
  }
  removeUntil(place, null);
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && one.className === other.className;
}

function removeUntil(node, end) {
  while (node !== end) {
    const next = node.nextSibling;
    node.remove();
    node = next;
  }
}

function copyAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (!KEPT.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

/** The body of an answer that is being written: settled blocks, and the open one, which settles where it stands. */
export class GrowingBody {
  #article;
  #settled = null;
  #caret = null;

  constructor(article) {
    this.#article = article;
  }

  /** Show the blocks that have settled since, and the open one behind them. `isWhole`: they are the first ones. */
  paint(settled, tail, isWhole) {
    const body = this.#article.querySelector("[data-body]");
    if (isWhole) this.#begin(body);
    const fresh = parse(settled.join(""));
    const count = fresh.childNodes.length;
    fresh.append(parse(tail));
    morphChildren(body, fresh, this.#settled);
    for (let passed = 0; passed < count; passed++) this.#settled = this.#settled?.nextSibling ?? body.firstChild;
    this.#moveCaret(body.lastChild === this.#settled ? null : endOf(body));
    if (tail && body.style.minHeight) body.style.minHeight = "";
  }

  // A long answer comes again in parts, and the page must not shrink and jump meanwhile.
  #begin(body) {
    this.finish();
    this.#settled = null;
    body.style.minHeight = `${body.offsetHeight}px`;
  }

  // Where it stays, nothing is touched: taking it away and back would have it drawn anew.
  #moveCaret(place) {
    if (place === this.#caret && place?.isConnected) return;
    if (this.#caret) delete this.#caret.dataset.caret;
    if (place) place.dataset.caret = "";
    this.#caret = place;
  }

  finish() {
    dropCaret(this.#article);
    this.#caret = null;
  }
}

/** Nothing is written here any more. */
export function dropCaret(article) {
  for (const place of article.querySelectorAll("[data-caret]")) delete place.dataset.caret;
}

// The caret's place: the innermost block that ends with the last words; null where there is none.
function endOf(body) {
  let place = body;
  while (place.lastElementChild?.matches(BLOCKS) && !place.lastElementChild.nextSibling) place = place.lastElementChild;
  return place === body ? null : place;
}
