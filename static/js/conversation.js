/** <chat-conversation>: one conversation on the page, kept true by its connection. */

import "./composer.js";
import "./copy.js";
import "./sidebar.js";
import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { Follow } from "./follow.js";
import { load, moved, topHere } from "./navigation.js";
import { Replies } from "./reply.js";
import { DELETED, SIGNED_OUT, TOO_MANY_PAGES } from "./status.js";
import { Thread } from "./thread.js";
import { Outbox } from "./unsent.js";

// What is still missing then is found by the next question whether all is well.
const FETCHED_WITHIN = 10_000;
const GIVEN_BACK = "A message was not sent, because its conversation was deleted. Its text waits in a new conversation.";

class ChatConversation extends HTMLElement {
  #life;
  #wasOpen = false;
  #syncing = null;
  #unsaved = null;

  connectedCallback() {
    customElements.upgrade(this);
    this.#life = new AbortController();
    this.composer = this.querySelector("chat-composer");
    this.heading = this.querySelector("conversation-title");
    this.status = this.querySelector("connection-status");
    this.thread = new Thread(this.querySelector("[data-thread]"), this.querySelector("[data-blank]"));
    this.follow = new Follow(this, this.querySelector("[data-newest]"));
    if (this.#isNew) this.#take(Outbox.oldestNew(this.dataset.person));
    const send = (frame) => this.connection.send(frame);
    this.replies = new Replies(this.thread, send);
    this.outbox = new Outbox(this.thread, send, this.dataset.person, this.dataset.conversation);
    this.connection = new Connection(this.dataset.url, () => this.replies.places);
    this.commands = new Commands(this);
    this.#listen();
    this.outbox.restore();
    this.connection.open();
    this.show();
    this.follow.restore(topHere());
  }

  disconnectedCallback() {
    this.#life.abort();
    this.follow.stop();
    this.connection.close();
  }

  get #isNew() {
    return this.hasAttribute("data-new");
  }

  // A new conversation's uuid is only proposed by the server: a message that waits for another one goes before.
  #take(uuid) {
    const proposed = this.dataset.conversation;
    if (!uuid) return;
    for (const element of [this, ...this.querySelectorAll("[action], [href]")]) {
      for (const attribute of element.attributes) attribute.value = attribute.value.replace(proposed, uuid);
    }
  }

  #listen() {
    const { signal } = this.#life;
    this.addEventListener("message-send", ({ detail }) => this.#send(detail), { signal });
    this.addEventListener("reply-stop", () => this.commands.stop(), { signal });
    this.addEventListener("click", (event) => this.commands.click(event), { signal });
    this.addEventListener("submit", (event) => event.target.id === "head" && this.commands.showVersion(event), { signal });
    document.addEventListener("keydown", (event) => this.commands.keydown(event), { signal });
    this.status.watch(this.connection);
    this.connection.addEventListener("frame", ({ detail }) => this.#frames[detail.type]?.(detail), { signal });
  }

  #frames = {
    "conversation.opened": (frame) => this.#opened(frame),
    "conversation.checked": (frame) => this.#checked(frame),
    "conversation.changed": (frame) => this.#changed(frame),
    "message.created": (frame) => this.#messageCreated(frame),
    "reply.started": (frame) => this.#replyStarted(frame),
    "reply.delta": (frame) => this.replies.apply(frame),
    "reply.finished": (frame) => this.#replyFinished(frame),
    error: (frame) => this.#error(frame),
  };

  #opened(frame) {
    this.composer.connected();
    if (frame.title === null && !this.#isNew) return this.#deleted();
    if (this.#compare(frame)) this.#resume();
    if (this.#wasOpen) this.#tellLists();
    this.#wasOpen = true;
    this.outbox.sendAll();
    this.#sendOthers();
    this.show();
  }

  #checked(frame) {
    this.composer.connected();
    if (frame.title === null && !this.#isNew) return this.#deleted();
    this.#compare(frame);
    this.#sendOthers();
  }

  async #sendOthers() {
    const isGivenBack = await Outbox.sendOthers(this.dataset.person, this.dataset.conversation);
    if (isGivenBack) this.composer.notice(GIVEN_BACK);
  }

  // A message to it would make it again.
  #deleted() {
    this.toggleAttribute("data-deleted", true);
    this.status.ended(DELETED);
    this.composer.orphan(this.outbox.dropAll());
    this.show();
  }

  #compare(frame) {
    if (frame.title) this.heading.show(frame.title);
    const isTrue = this.thread.shows(frame);
    if (!isTrue) this.sync();
    return isTrue;
  }

  /** Show what a fresh page of this conversation shows: it has all that was missed. Gives false where none can be had.
      One that was overtaken on its way is asked for again. */
  async sync() {
    if (this.#isNew) return false;
    this.thread.isBehind = true;
    this.thread.revision++;
    this.#syncing ??= this.#become().finally(() => (this.#syncing = null));
    return this.#syncing;
  }

  async #become() {
    for (;;) {
      const { revision } = this.thread;
      const page = await load(this.dataset.url, { signal: AbortSignal.timeout(FETCHED_WITHIN) }).catch(() => null);
      if (!page || !this.isConnected) return false;
      if (revision === this.thread.revision) return this.#show(page);
    }
  }

  #show(page) {
    this.thread.sync(page.querySelector("[data-thread]"));
    this.heading.show(page.querySelector("conversation-title [name=title]").value);
    this.outbox.cover();
    this.#resume();
    this.show();
    return true;
  }

  #resume() {
    this.thread.running.forEach((article) => this.replies.resume(article.dataset.message));
  }

  #changed(frame) {
    this.#tellLists(frame);
    if (frame.conversation !== this.dataset.conversation) return;
    if (frame.title === null) return this.#deleted();
    this.heading.show(frame.title);
    if (frame.head !== this.thread.last) this.sync();
  }

  // A message that is too large for a frame comes without its HTML, and is fetched.
  #messageCreated({ id, parent, html }) {
    this.outbox.arrived(id);
    if (!html) return void this.#fetchNew();
    if (!this.thread.makeWay(parent, id)) return void this.sync();
    this.thread.put(html);
    if (this.#isNew) this.#begun();
    this.show();
  }

  #begun() {
    this.removeAttribute("data-new");
    this.querySelectorAll("conversation-title, [data-delete]").forEach((element) => (element.hidden = false));
    this.composer.begun();
    moved(this.dataset.url);
  }

  #replyStarted(frame) {
    this.outbox.answered(frame.parent);
    if (!frame.html) return void this.#fetchNew();
    if (!this.thread.makeWay(frame.parent, frame.message)) return void this.sync();
    this.replies.start(frame);
    this.thread.began(frame.completion);
    this.commands.started();
    this.show();
  }

  #fetchNew() {
    if (this.#isNew) this.#begun();
    this.sync();
  }

  #replyFinished(frame) {
    this.replies.finish(frame);
    if (this.#unsaved === frame.message) this.composer.notice("");
    if (!frame.html) this.sync();
    this.show();
  }

  #error({ code, ref, detail }) {
    if (code === TOO_MANY_PAGES) return;
    if (code === "not_saved_yet") this.#unsaved = ref;
    const unsent = code !== "restarting" && this.outbox.drop(ref);
    if (unsent) this.composer.giveBack(unsent.text, unsent.parent);
    // The line about the connection says that, too.
    this.composer.notice(code === SIGNED_OUT ? "" : detail);
    this.show();
  }

  #send(message) {
    this.outbox.send(message, this.dataset.conversation, this.#isNew);
    this.show();
    this.follow.toEnd();
  }

  /** Stop is offered from the moment of sending, so that an answer can be stopped before its first word. */
  show() {
    const isAnswering = this.thread.running.length > 0 || this.outbox.isBusy;
    if (!isAnswering) this.commands.forget();
    this.toggleAttribute("data-answering", isAnswering);
    this.toggleAttribute("data-empty", this.thread.isEmpty);
    this.composer.showAnswering(isAnswering);
    this.heading.showAnswering(isAnswering);
  }

  #tellLists(detail) {
    document.dispatchEvent(new CustomEvent("conversation-changed", { detail }));
  }
}

customElements.define("chat-conversation", ChatConversation);
