/** The page of all conversations. <history-list>: stays up to date, unless a title is being edited. */

import "./sidebar.js";
import { Connection } from "./connection.js";
import { newId } from "./ids.js";
import { LiveList } from "./live-list.js";
import { Outbox } from "./outbox.js";

class HistoryList extends LiveList {
  get source() {
    return location.href;
  }

  update(page) {
    if (this.list.querySelector("[open]")) return;
    this.list.replaceChildren(...page.querySelector("history-list [data-list]").childNodes);
  }
}

// Nobody has this conversation; its events tell of all others.
const connection = new Connection(`/conversations/${newId()}/`);
const notify = (detail) => document.dispatchEvent(new CustomEvent("conversation-changed", { detail }));
const sendOthers = () => Outbox.sendOthers(document.querySelector("history-list").dataset.person);
const handlers = {
  "conversation.opened": () => (notify(), sendOthers()),
  "conversation.checked": sendOthers,
  "conversation.changed": notify,
};
connection.addEventListener("event", ({ detail }) => handlers[detail.type]?.(detail));
connection.open();

customElements.define("history-list", HistoryList);
