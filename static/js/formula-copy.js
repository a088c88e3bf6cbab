/** A selection with formulas is copied with their TeX. */

const TEX = 'annotation[encoding="application/x-tex"]';

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (event.target.closest?.("input, textarea") || selection.isCollapsed || !selection.rangeCount) return;
  const fragment = withWholeFormulas(selection.getRangeAt(0)).cloneContents();
  if (!fragment.querySelector(TEX)) return;
  event.preventDefault();
  fragment.querySelectorAll("figcaption, button, summary").forEach((element) => element.remove());
  event.clipboardData.setData("text/html", htmlOf(fragment));
  for (const tex of fragment.querySelectorAll(TEX)) tex.closest("math").replaceWith(sourceOf(tex));
  event.clipboardData.setData("text/plain", textOf(fragment));
});

// The TeX is at the end of a formula, so half a formula would come without it.
function withWholeFormulas(range) {
  const whole = range.cloneRange();
  const [first, last] = [formulaAround(range.startContainer), formulaAround(range.endContainer)];
  if (first) whole.setStartBefore(first);
  if (last) whole.setEndAfter(last);
  return whole;
}

function formulaAround(node) {
  return (node.closest ? node : node.parentElement).closest("math");
}

function sourceOf(tex) {
  const mark = tex.closest("math").getAttribute("display") === "block" ? "$$" : "$";
  return mark + tex.textContent.trim() + mark;
}

function htmlOf(fragment) {
  const element = document.createElement("div");
  element.append(fragment.cloneNode(true));
  return element.innerHTML;
}

// innerText has line ends only for an element on the page.
function textOf(fragment) {
  const element = document.createElement("div");
  element.className = "visually-hidden";
  element.append(fragment);
  document.body.append(element);
  const text = element.innerText;
  element.remove();
  return text;
}
