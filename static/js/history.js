/** The page of all conversations. <history-list>: where one comes back to it, it is as it was left. */

import "./banners.js";
import "./person-events.js";
import "./results.js";
import "./selection.js";
import "./sidebar.js";
import { placeIn } from "./list-place.js";
import { LiveList } from "./live-list.js";
import { beginRename } from "./rename-menu.js";

const PLACE_NOTED_MS = 100;

class HistoryList extends LiveList {
  #noting;

  connectedCallback() {
    super.connectedCallback();
    const { signal } = this.life;
    for (const type of ["scroll", "focusin"]) addEventListener(type, () => this.#noteSoon(), { passive: true, signal });
    addEventListener("pagehide", () => this.#note(), { signal });
    this.list.addEventListener("click", beginRename, { signal });
    history.scrollRestoration = "manual";
    if (history.state?.list) this.restore(history.state.list);
  }

  get query() {
    return location.search || "?";
  }

  get scroller() {
    return document.scrollingElement;
  }

  #noteSoon() {
    clearTimeout(this.#noting);
    this.#noting = setTimeout(() => this.#note(), PLACE_NOTED_MS);
  }

  #note() {
    clearTimeout(this.#noting);
    if (this.isArriving) return;
    history.replaceState({ ...history.state, list: placeIn(this.list, this.scroller) }, "");
  }
}

customElements.define("history-list", HistoryList);

// On a phone it may be far along the line of lists.
const shown = document.querySelector(".list-filters [aria-current]");
if (shown) shown.closest("ul").scrollLeft = shown.offsetLeft - (innerWidth - shown.offsetWidth) / 2;
