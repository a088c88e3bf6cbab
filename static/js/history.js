/** The page of all conversations. <history-list>: stays up to date, unless a title is being edited. */

import "./person-events.js";
import "./sidebar.js";
import { LiveList } from "./live-list.js";

class HistoryList extends LiveList {
  get source() {
    return location.href;
  }

  update(page) {
    if (this.list.querySelector("[open]")) return;
    this.list.replaceChildren(...page.querySelector("history-list [data-list]").childNodes);
  }
}

customElements.define("history-list", HistoryList);
