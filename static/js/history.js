/** The page of all conversations. <history-list>: stays up to date, unless a title is being edited. */

import "./sidebar.js";
import { Connection } from "./connection.js";
import { updateLists } from "./list-updates.js";
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

const connection = new Connection("/me/", { check: "person.check" });
const sendOthers = () => Outbox.sendOthers(document.querySelector("main [data-person]").dataset.person);
const handlers = {
  "person.opened": () => (updateLists(), sendOthers()),
  "person.checked": sendOthers,
  "conversation.changed": updateLists,
  "conversations.changed": () => updateLists(),
};
connection.addEventListener("event", ({ detail }) => handlers[detail.type]?.(detail));
connection.open();

customElements.define("history-list", HistoryList);
