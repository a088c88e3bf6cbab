/** Results of a search are fetched again after an act on some of them. */

import { parse } from "./html.js";

const results = document.querySelector("[data-results]");
let fetching = new AbortController();

async function refresh() {
  fetching.abort();
  fetching = new AbortController();
  const response = await fetch(location.href, { signal: fetching.signal }).catch(() => null);
  const html = response?.ok && !response.redirected ? await response.text().catch(() => null) : null;
  const fresh = html && parse(html).querySelector("[data-results]");
  if (fresh) results.replaceChildren(...fresh.childNodes);
}

if (results) document.addEventListener("act-done", refresh);
