/** The events of a person, for pages that show no conversation: they keep its lists up to date. */

import { Connection } from "./connection.js";
import { connectedLists, updateFolders, updateLists } from "./list-updates.js";
import { Outbox } from "./outbox.js";

const connection = new Connection("/me/", { check: "person.check" });
const handlers = {
  "person.opened": ({ answering }) => (connectedLists(answering), sendOthers()),
  "person.checked": sendOthers,
  "conversation.changed": updateLists,
  "conversations.changed": () => updateLists(),
  "folders.changed": updateFolders,
};

// What other pages left unsent.
function sendOthers() {
  const shown = document.querySelector("main [data-person]");
  if (shown) Outbox.sendOthers(shown.dataset.person);
}

connection.addEventListener("event", ({ detail }) => handlers[detail.type]?.(detail));
connection.open();
