/** <chat-conversation>: one conversation on the page, which its connection keeps up to date. */

import "./banners.js";
import "./composer.js";
import "./copy-buttons.js";
import "./file-drops.js";
import "./find.js";
import "./formula-copy.js";
import "./sidebar.js";
import "./title.js";
import { Autoscroll } from "./autoscroll.js";
import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { ConversationEvents } from "./conversation-events.js";
import { Feedback } from "./feedback.js";
import { PageSync } from "./page-sync.js";
import { leftLists } from "./list-updates.js";
import { placeHere } from "./navigation.js";
import { Outbox } from "./outbox.js";
import { Parts } from "./parts.js";
import { Replies } from "./replies.js";
import { keeper } from "./storage.js";
import { Thread } from "./thread.js";

class ChatConversation extends HTMLElement {
  composer;
  finder;
  heading;
  status;
  thread;
  autoscroll;
  parts;
  pageSync;
  replies;
  outbox;
  connection;
  commands;
  feedback;
  #life;
  #events = new ConversationEvents(this);

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
    this.pageSync = new PageSync(this);
    this.autoscroll = new Autoscroll(this, this.querySelector("[data-newest]"));
    if (this.isNew) this.#adopt(Outbox.oldestNew(this.keeper));
    const send = (command) => this.connection.send(command);
    this.replies = new Replies(this.thread, send);
    this.outbox = new Outbox(this.thread, send, this.keeper, this.dataset.conversation);
    this.connection = new Connection(this.dataset.url, { cursors: () => this.replies.cursors, stays: this.isTemporary });
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

  get isNew() {
    return this.hasAttribute("data-new");
  }

  get isTemporary() {
    return this.hasAttribute("data-temporary");
  }

  get keeper() {
    return keeper(this.dataset.person, this.isTemporary);
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
    document.addEventListener("visibilitychange", () => this.watch(), { signal });
    this.status.watch(this.connection);
    this.connection.addEventListener("event", ({ detail }) => this.#events.apply(detail), { signal });
  }

  /** An answer that ends while no page of its conversation is seen makes it unread. */
  watch() {
    this.connection.send({ type: "conversation.watch", visible: !document.hidden });
  }

  /** Show what the server has of this conversation now, see PageSync. */
  async sync(query, swap) {
    return !this.isNew && this.pageSync.sync(query, swap);
  }

  /** A temporary conversation has no title. */
  showTitle(title) {
    if (!this.isTemporary) this.heading.show(title);
  }

  /** Ask for what these answers have got since, if they are still being written. */
  resume(articles) {
    articles.forEach((article) => article.ariaBusy && this.replies.resume(article.dataset.message));
  }

  #send(message) {
    this.outbox.send(message, this.dataset.conversation, this.isNew);
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
