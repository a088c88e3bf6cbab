/** The check boxes of the history page: Shift selects all between two, and what is loaded later is selected with all. */

const form = document.querySelector("#selection");
const BOXES = "input[name=conversation]";
let last = null;

function boxes() {
  return [...document.querySelectorAll(BOXES)];
}

function show() {
  const isAll = form.elements.all.checked;
  const count = new Set(boxes().filter((box) => box.checked).map((box) => box.value)).size;
  form.querySelector("[data-count]").textContent = isAll ? "All are selected, also those not shown." : count ? `${count} selected` : "";
}

function clicked(event) {
  const box = event.target;
  if (!box.matches?.(BOXES)) return;
  if (!box.checked) form.elements.all.checked = false;
  if (event.shiftKey && last?.isConnected) between(last, box).forEach((each) => (each.checked = box.checked));
  last = box;
  show();
}

function between(one, other) {
  const all = boxes();
  const ends = [all.indexOf(one), all.indexOf(other)];
  return all.slice(Math.min(...ends), Math.max(...ends) + 1);
}

function selectAll(isAll) {
  boxes().forEach((box) => (box.checked = isAll));
  show();
}

// One field for all uuids: Django accepts a limited number of fields.
function compact({ formData }) {
  const named = formData.getAll("conversation");
  formData.delete("conversation");
  if (!formData.has("all")) formData.set("conversations", named.join(" "));
}

if (form) {
  document.addEventListener("click", clicked);
  form.elements.all.addEventListener("change", ({ target }) => selectAll(target.checked));
  form.addEventListener("formdata", compact);
  document.addEventListener("act-done", () => {
    form.elements.all.checked = false;
    selectAll(false);
  });
  const changed = () => (form.elements.all.checked ? selectAll(true) : show());
  const list = document.querySelector("main [data-list]");
  if (list) new MutationObserver(changed).observe(list, { childList: true, subtree: true });
  show();
}
