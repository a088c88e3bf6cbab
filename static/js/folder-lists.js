/** Keeps everything on the page that names the person's folders current, when they are changed in another tab. */

import { parse } from "./html.js";
import { morph } from "./morph.js";

const URL_OF_LISTS = "/conversations/folders/lists/";
let fetching = new AbortController();

async function refresh() {
  fetching.abort();
  fetching = new AbortController();
  const query = new URLSearchParams(location.search);
  const shown = document.querySelector("chat-conversation:not([data-new])");
  if (shown) query.set("conversation", shown.dataset.conversation);
  const response = await fetch(`${URL_OF_LISTS}?${query}`, { signal: fetching.signal }).catch(() => null);
  const html = response?.ok && !response.redirected ? await response.text().catch(() => null) : null;
  for (const fresh of html ? parse(html).querySelectorAll("[data-folders]") : []) show(fresh);
}

function show(fresh) {
  const old = document.querySelector(`[data-folders="${fresh.dataset.folders}"]`);
  if (!old) return;
  // Its buttons are given their conversation when it is opened.
  old.closest(":popover-open.act-menu")?.hidePopover();
  const { value } = old;
  morph(old, fresh);
  if (old.matches("select")) choose(old, value);
  if (old.matches("h1")) document.title = old.textContent;
}

// The folder that was chosen may have been deleted.
function choose(select, value) {
  select.value = value;
  if (select.selectedIndex < 0) select.value = "";
}

document.addEventListener("folders-changed", refresh);
