/** HTML from the server, as nodes; and one piece of the page made equal to another while what is equal stays. */

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
  } else if (fresh.data.startsWith(old.data)) old.appendData(fresh.data.slice(old.data.length));
  else old.data = fresh.data;
}

/** The same for what is inside: each fresh child meets the next old one of its kind; those in between are gone. */
export function morphChildren(old, fresh) {
  let place = old.firstChild;
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
