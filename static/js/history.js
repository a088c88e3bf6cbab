/** The page of all conversations. <history-list>: kept true while the page is open, but for a title that is being changed. */

import "./sidebar.js";
import { Connection } from "./connection.js";
import { LiveList } from "./list.js";
import { newId, Outbox } from "./unsent.js";

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
const sendOthers = () => Outbox.sendOthers(document.querySelector("history-list").dataset.person);
const frames = {
  "conversation.opened": () => (tell(), sendOthers()),
  "conversation.checked": sendOthers,
  "conversation.changed": tell,
};
connection.addEventListener("frame", ({ detail }) => frames[detail.type]?.(detail));
connection.open();

customElements.define("history-list", HistoryList);
