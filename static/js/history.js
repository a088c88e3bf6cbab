/** The page of all conversations. <history-list>: kept true while the page is open, but for a title that is being changed. */

import "./sidebar.js";
import { Connection } from "./connection.js";
import { LiveList } from "./list.js";
import { newId } from "./unsent.js";

class HistoryList extends LiveList {
  get source() {
    return location.href;
  }

  become(page) {
    if (!this.list.querySelector("[open]")) this.list.replaceChildren(...page.querySelector("history-list [data-list]").childNodes);
  }
}

// Nobody has this conversation; its events tell of all others.
const connection = new Connection(`/conversations/${newId()}/`);
const tell = (detail) => document.dispatchEvent(new CustomEvent("conversation-changed", { detail }));
connection.addEventListener("frame", ({ detail }) => {
  if (detail.type === "conversation.opened") tell();
  if (detail.type === "conversation.changed") tell(detail);
});
connection.open();

customElements.define("history-list", HistoryList);
