/** Changes a part of the page into another one. Equal nodes stay, with their selection, focus and scroll position. */

// What the reader has opened or switched stays so. The caret moves when the words are shown.
const KEPT_ATTRIBUTES = new Set(["open", "data-wrapped", "data-caret", "data-found"]);

/** Make `old` equal to `fresh`. */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.ELEMENT_NODE) {
    copyAttributes(old, fresh);
    morphChildren(old, fresh);
  } else morphText(old, fresh.data);
}

/** Make the children of `old` that follow `before` (null: all) equal to those of `fresh`. Each fresh child takes the
    place of the next old one of its kind; the old ones between are removed. */
export function morphChildren(old, fresh, before = null) {
  let next = before ? before.nextSibling : old.firstChild;
  for (const node of [...fresh.childNodes]) {
    let match = next;
    while (match && !isAlike(match, node)) match = match.nextSibling;
    if (match) {
      removeUntil(next, match);
      next = match.nextSibling;
      morph(match, node);
    } else old.insertBefore(node, next);
  }
  removeUntil(next, null);
}

// The equal beginning stays, and a selection in it.
function morphText(node, text) {
  const { data } = node;
  let same = text.startsWith(data) ? data.length : 0;
  while (same < data.length && data[same] === text[same]) same++;
  node.replaceData(same, data.length - same, text.slice(same));
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
    if (!fresh.hasAttribute(name) && !isKept(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (!isKept(old, name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

// The server knows what other buttons have switched.
function isKept(element, name) {
  return KEPT_ATTRIBUTES.has(name) || (name === "aria-pressed" && element.matches("[data-wrap]"));
}
