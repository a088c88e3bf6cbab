/** What each event of the server changes on the page of a conversation. */

import { showState } from "./acts.js";
import { DELETED, SIGNED_OUT, TOO_MANY_PAGES } from "./connection-status.js";
import { connectedLists, updateFolders, updateLists } from "./list-updates.js";
import { moved } from "./navigation.js";
import { Outbox } from "./outbox.js";

const RETURNED = "A message was not sent, because its conversation was deleted. Its text waits in a new conversation.";
// The field in which something else must be chosen, by the code of an error.
const CHOICES = { unknown_model: "model", unknown_prompt: "prompt" };

export class ConversationEvents {
  #page;
  #unsaved = null;

  /** `page`: the <chat-conversation>. */
  constructor(page) {
    this.#page = page;
  }

  apply(event) {
    this.#handlers[event.type]?.(event);
  }

  #handlers = {
    "conversation.opened": (event) => this.#opened(event),
    "conversation.checked": (event) => this.#checked(event),
    "conversation.changed": (event) => this.#changed(event),
    // This conversation may be one of them.
    "conversations.changed": () => (updateLists(), this.#page.connection.send({ type: "conversation.check" })),
    "limits.changed": ({ notice }) => this.#page.composer.limits(notice),
    "folders.changed": updateFolders,
    "message.created": (event) => this.#messageCreated(event),
    "reply.started": (event) => this.#replyStarted(event),
    "reply.delta": (event) => this.#page.replies.apply(event),
    "reply.finished": (event) => this.#replyFinished(event),
    error: (event) => this.#error(event),
  };

  #opened(event) {
    const page = this.#page;
    page.composer.connected();
    connectedLists(event.answering);
    page.watch();
    if (event.title === null && !page.isNew) return this.#deleted();
    if (this.#compare(event)) page.resume(page.thread.running);
    page.outbox.sendAll();
    this.#sendOthers();
    page.show();
  }

  #checked(event) {
    this.#page.composer.connected();
    if (event.title === null && !this.#page.isNew) return this.#deleted();
    this.#compare(event);
    this.#sendOthers();
  }

  async #sendOthers() {
    const page = this.#page;
    const isReturned = await Outbox.sendOthers(page.keeper, page.dataset.conversation);
    if (isReturned) page.composer.notice(RETURNED);
  }

  // A message to a deleted conversation would create it again.
  #deleted() {
    const page = this.#page;
    page.toggleAttribute("data-deleted", true);
    page.status.ended(DELETED);
    page.composer.orphan(page.outbox.dropAll());
    page.show();
  }

  #compare(event) {
    const page = this.#page;
    if (event.title) page.showTitle(event.title);
    const isUpToDate = page.thread.shows(event);
    if (!isUpToDate) page.sync();
    return isUpToDate;
  }

  #changed(event) {
    const page = this.#page;
    updateLists(event);
    if (event.conversation !== page.dataset.conversation) return;
    if (event.title === null) return this.#deleted();
    // It was kept, or restored: the page of an ordinary conversation has other parts.
    const isKept = page.isTemporary && !event.temporary;
    if (isKept || page.hasAttribute("data-deleted")) return location.reload();
    page.showTitle(event.title);
    if (!page.isTemporary) showState(page.querySelector("#bar-menu"), event);
    if (event.head !== page.thread.last) page.sync();
  }

  // A message that is too large for one event comes without its HTML, and is fetched.
  #messageCreated({ id, parent, html }) {
    const page = this.#page;
    page.outbox.received(id);
    if (!html) return void this.#fetchNew();
    if (!page.thread.makeWay(parent, id)) return void page.sync();
    page.thread.put(html);
    if (page.isNew) this.#begun();
    page.show();
  }

  #begun() {
    const page = this.#page;
    page.removeAttribute("data-new");
    const shown = page.isTemporary ? "[data-keep], [data-delete]" : "conversation-title, [data-share], [data-acts]";
    page.querySelectorAll(`${shown}, [data-find]`).forEach((element) => (element.hidden = false));
    page.composer.begun();
    moved(page.dataset.url);
  }

  #replyStarted(event) {
    const page = this.#page;
    page.outbox.answered(event.parent);
    if (!event.html) return void this.#fetchNew();
    if (!page.thread.makeWay(event.parent, event.message)) return void page.sync();
    page.replies.start(event);
    page.thread.began(event.completion);
    page.commands.started();
    page.show();
  }

  #fetchNew() {
    if (this.#page.isNew) this.#begun();
    this.#page.sync();
  }

  #replyFinished(event) {
    const page = this.#page;
    page.replies.finish(event);
    if (this.#unsaved === event.message) page.composer.notice("");
    if (!event.html) page.sync();
    page.show();
  }

  #error({ code, ref, detail }) {
    const page = this.#page;
    if (code === TOO_MANY_PAGES) return;
    if (code === "not_saved_yet") this.#unsaved = ref;
    const unsent = code !== "restarting" && page.outbox.drop(ref);
    if (unsent) page.composer.giveBack(unsent.text, unsent.parent);
    if (code === "used_up") page.composer.limits(detail);
    // The line of the limits, or the status of the connection, says this too.
    page.composer.notice([SIGNED_OUT, "used_up"].includes(code) ? "" : detail);
    if (code in CHOICES) page.composer.focusChoice(CHOICES[code]);
    page.show();
  }
}
