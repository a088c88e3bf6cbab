/** <chat-conversation>: one conversation on the page, which its connection keeps up to date. */

import "./banners.js";
import "./composer.js";
import "./copy-buttons.js";
import "./file-drops.js";
import "./find.js";
import "./formula-copying.js";
import "./sidebar.js";
import "./title.js";
import { showState } from "./acts.js";
import { Autoscroll } from "./autoscroll.js";
import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { DELETED, SIGNED_OUT, TOO_MANY_PAGES } from "./connection-status.js";
import { Feedback } from "./feedback.js";
import { Freshness } from "./freshness.js";
import { connectedLists, leftLists, updateFolders, updateLists } from "./list-updates.js";
import { moved, placeHere } from "./navigation.js";
import { Outbox } from "./outbox.js";
import { Parts } from "./parts.js";
import { Replies } from "./replies.js";
import { keeper } from "./storage.js";
import { Thread } from "./thread.js";

const RETURNED = "A message was not sent, because its conversation was deleted. Its text waits in a new conversation.";

class ChatConversation extends HTMLElement {
  composer;
  finder;
  heading;
  status;
  thread;
  autoscroll;
  parts;
  freshness;
  replies;
  outbox;
  connection;
  commands;
  feedback;
  #life;
  #unsaved = null;

  connectedCallback() {
    customElements.upgrade(this);
    this.#life = new AbortController();
    this.composer = this.querySelector("chat-composer");
    this.finder = this.querySelector("conversation-find");
    this.heading = this.querySelector("conversation-title");
    this.status = this.querySelector("connection-status");
    const root = this.querySelector("[data-thread]");
    this.thread = new Thread(root, this.querySelector("[data-blank]"));
    this.parts = new Parts(this, root, this.#life.signal);
    this.freshness = new Freshness(this);
    this.autoscroll = new Autoscroll(this, this.querySelector("[data-newest]"));
    if (this.#isNew) this.#adopt(Outbox.oldestNew(this.#keeper));
    const send = (command) => this.connection.send(command);
    this.replies = new Replies(this.thread, send);
    this.outbox = new Outbox(this.thread, send, this.#keeper, this.dataset.conversation);
    this.connection = new Connection(this.dataset.url, { cursors: () => this.replies.cursors, stays: this.#isTemporary });
    this.commands = new Commands(this);
    this.feedback = new Feedback(this, this.#life.signal);
    this.#listen();
    this.outbox.restore();
    this.connection.open();
    this.show();
    this.parts.open(placeHere());
  }

  disconnectedCallback() {
    leftLists(this.status.hasAttribute("data-connected"));
    this.#life.abort();
    this.autoscroll.stop();
    this.connection.close();
  }

  get #isNew() {
    return this.hasAttribute("data-new");
  }

  get #isTemporary() {
    return this.hasAttribute("data-temporary");
  }

  get #keeper() {
    return keeper(this.dataset.person, this.#isTemporary);
  }

  // The server only proposes the uuid of a new conversation. One that has a waiting message goes first.
  #adopt(uuid) {
    const proposed = this.dataset.conversation;
    if (!uuid) return;
    for (const element of [this, ...this.querySelectorAll("[action], [href], [formaction]")]) {
      for (const attribute of element.attributes) attribute.value = attribute.value.replace(proposed, uuid);
    }
  }

  #listen() {
    const { signal } = this.#life;
    const { commands } = this;
    this.addEventListener("message-send", ({ detail }) => this.#send(detail), { signal });
    this.addEventListener("reply-stop", () => commands.stop(), { signal });
    this.addEventListener("click", (event) => commands.click(event), { signal });
    this.addEventListener("submit", (event) => event.target.id === "head" && commands.showVersion(event), { signal });
    this.addEventListener("submit", (event) => this.feedback.submit(event), { signal });
    document.addEventListener("keydown", (event) => commands.keydown(event), { signal });
    document.addEventListener("visibilitychange", () => this.#watch(), { signal });
    this.status.watch(this.connection);
    this.connection.addEventListener("event", ({ detail }) => this.#handlers[detail.type]?.(detail), { signal });
  }

  #handlers = {
    "conversation.opened": (event) => this.#opened(event),
    "conversation.checked": (event) => this.#checked(event),
    "conversation.changed": (event) => this.#changed(event),
    // This conversation may be one of them.
    "conversations.changed": () => (updateLists(), this.connection.send({ type: "conversation.check" })),
    "limits.changed": ({ notice }) => this.composer.limits(notice),
    "folders.changed": updateFolders,
    "message.created": (event) => this.#messageCreated(event),
    "reply.started": (event) => this.#replyStarted(event),
    "reply.delta": (event) => this.replies.apply(event),
    "reply.finished": (event) => this.#replyFinished(event),
    error: (event) => this.#error(event),
  };

  #opened(event) {
    this.composer.connected();
    connectedLists(event.answering);
    this.#watch();
    if (event.title === null && !this.#isNew) return this.#deleted();
    if (this.#compare(event)) this.resume(this.thread.running);
    this.outbox.sendAll();
    this.#sendOthers();
    this.show();
  }

  // An answer that ends while no page of its conversation is seen makes it unread.
  #watch() {
    this.connection.send({ type: "conversation.watch", visible: !document.hidden });
  }

  #checked(event) {
    this.composer.connected();
    if (event.title === null && !this.#isNew) return this.#deleted();
    this.#compare(event);
    this.#sendOthers();
  }

  async #sendOthers() {
    const isReturned = await Outbox.sendOthers(this.#keeper, this.dataset.conversation);
    if (isReturned) this.composer.notice(RETURNED);
  }

  // A message to a deleted conversation would create it again.
  #deleted() {
    this.toggleAttribute("data-deleted", true);
    this.status.ended(DELETED);
    this.composer.orphan(this.outbox.dropAll());
    this.show();
  }

  #compare(event) {
    if (event.title) this.showTitle(event.title);
    const isUpToDate = this.thread.shows(event);
    if (!isUpToDate) this.sync();
    return isUpToDate;
  }

  /** Show what the server has of this conversation now, see Freshness. */
  async sync(query, swap) {
    return !this.#isNew && this.freshness.sync(query, swap);
  }

  /** A temporary conversation has no title. */
  showTitle(title) {
    if (!this.#isTemporary) this.heading.show(title);
  }

  /** Ask for what these answers have got since, if they are still being written. */
  resume(articles) {
    articles.forEach((article) => article.ariaBusy && this.replies.resume(article.dataset.message));
  }

  #changed(event) {
    updateLists(event);
    if (event.conversation !== this.dataset.conversation) return;
    if (event.title === null) return this.#deleted();
    // It was kept, or restored: the page of an ordinary conversation has other parts.
    const isKept = this.#isTemporary && !event.temporary;
    if (isKept || this.hasAttribute("data-deleted")) return location.reload();
    this.showTitle(event.title);
    if (!this.#isTemporary) showState(this.querySelector("#bar-menu"), event);
    if (event.head !== this.thread.last) this.sync();
  }

  // A message that is too large for one event comes without its HTML, and is fetched.
  #messageCreated({ id, parent, html }) {
    this.outbox.received(id);
    if (!html) return void this.#fetchNew();
    if (!this.thread.makeWay(parent, id)) return void this.sync();
    this.thread.put(html);
    if (this.#isNew) this.#begun();
    this.show();
  }

  #begun() {
    this.removeAttribute("data-new");
    const shown = this.#isTemporary ? "[data-keep], [data-delete]" : "conversation-title, [data-share], [data-acts]";
    this.querySelectorAll(`${shown}, [data-find]`).forEach((element) => (element.hidden = false));
    this.composer.begun();
    moved(this.dataset.url);
  }

  #replyStarted(event) {
    this.outbox.answered(event.parent);
    if (!event.html) return void this.#fetchNew();
    if (!this.thread.makeWay(event.parent, event.message)) return void this.sync();
    this.replies.start(event);
    this.thread.began(event.completion);
    this.commands.started();
    this.show();
  }

  #fetchNew() {
    if (this.#isNew) this.#begun();
    this.sync();
  }

  #replyFinished(event) {
    this.replies.finish(event);
    if (this.#unsaved === event.message) this.composer.notice("");
    if (!event.html) this.sync();
    this.show();
  }

  #error({ code, ref, detail }) {
    if (code === TOO_MANY_PAGES) return;
    if (code === "not_saved_yet") this.#unsaved = ref;
    const unsent = code !== "restarting" && this.outbox.drop(ref);
    if (unsent) this.composer.giveBack(unsent.text, unsent.parent);
    if (code === "used_up") this.composer.limits(detail);
    // The line of the limits, or the status of the connection, says this too.
    this.composer.notice([SIGNED_OUT, "used_up"].includes(code) ? "" : detail);
    this.show();
  }

  #send(message) {
    this.outbox.send(message, this.dataset.conversation, this.#isNew);
    // A link to a message that the new one replaces would lead back to its branch after a reload.
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
    this.show();
    this.autoscroll.toEnd();
  }

  /** Show whether an answer is being written. Stop is offered from the moment of sending, before the first word. */
  show() {
    const isAnswering = this.thread.running.length > 0 || this.outbox.isBusy;
    if (!isAnswering) this.commands.ended();
    this.toggleAttribute("data-answering", isAnswering);
    this.toggleAttribute("data-empty", this.thread.isEmpty);
    this.composer.showAnswering(isAnswering);
    this.heading.showAnswering(isAnswering);
  }
}

customElements.define("chat-conversation", ChatConversation);
