/** <chat-conversation>: one conversation on the page, kept true by its socket. */

import { Follow } from "./follow.js";
import { announce, morph, parse } from "./html.js";
import { load, moved } from "./navigation.js";
import { Outbox } from "./outbox.js";
import { Reply } from "./reply.js";
import { Socket } from "./socket.js";
import { Thread } from "./thread.js";

const RECONNECTING_AFTER = 2000;
const ENDS = {
  complete: "Answer finished.",
  stopped: "Answer stopped.",
  failed: "The answer failed.",
  interrupted: "The answer was interrupted.",
};
const NO_CONNECTION = "There is no connection at the moment. Try again when it is back.";
const NOT_THERE = "This conversation is not there, or it is not yours.";
const REFUSED = {
  1011: "The server keeps failing at this conversation.",
  4401: "You are signed out.",
  4403: NOT_THERE,
  4404: NOT_THERE,
  4429: "That was too much at once. Wait a minute before you go on.",
};

class ChatConversation extends HTMLElement {
  #life;
  #replies = new Map();
  #lost;
  #wasOpen = false;
  #stopSoon = false;

  connectedCallback() {
    this.#life = new AbortController();
    this.composer = this.querySelector("chat-composer");
    this.heading = this.querySelector("conversation-title");
    this.thread = new Thread(this.querySelector("[data-thread]"), this.querySelector("[data-blank]"));
    this.follow = new Follow(this, this.querySelector("[data-newest]"));
    this.socket = new Socket(`/ws/conversations/${this.dataset.conversation}/`);
    this.outbox = new Outbox(this.thread, this.socket);
    this.#listen();
    this.socket.open();
    this.follow.toEnd();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.follow.stop();
    this.socket.close();
    clearTimeout(this.#lost);
  }

  #listen() {
    const { signal } = this.#life;
    this.addEventListener("message-send", ({ detail }) => this.#send(detail), { signal });
    this.addEventListener("reply-stop", () => this.#stop(), { signal });
    this.addEventListener("click", ({ target }) => this.#click(target), { signal });
    this.addEventListener("submit", (event) => event.target.id === "head" && this.#showVersion(event), { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.socket.addEventListener("frame", ({ detail }) => this.#frames[detail.type]?.(detail), { signal });
    this.socket.addEventListener("lost", () => this.#disconnected(), { signal });
    this.socket.addEventListener("ended", ({ detail }) => this.#refused(detail), { signal });
  }

  #frames = {
    "conversation.opened": (frame) => this.#opened(frame),
    "conversation.changed": (frame) => this.#changed(frame),
    "message.created": (frame) => this.#messageCreated(frame),
    "reply.started": (frame) => this.#replyStarted(frame),
    "reply.delta": (frame) => this.#replyDelta(frame),
    "reply.finished": (frame) => this.#replyFinished(frame),
    error: (frame) => this.#error(frame),
  };

  #opened({ running }) {
    clearTimeout(this.#lost);
    this.composer.notice("");
    const isKnown = running.every((id) => this.thread.find(id));
    const isOver = this.thread.running.some((article) => !running.includes(article.dataset.message));
    if (this.#wasOpen || !isKnown || isOver) this.#sync(running);
    else running.forEach((id) => this.#resume(id));
    this.#wasOpen = true;
    this.outbox.sendAll();
    this.#show();
  }

  // What was missed is what a fresh page shows. One that was overtaken while it was on its way is asked for again.
  async #sync(running = []) {
    if (this.hasAttribute("data-new")) return;
    const { revision } = this.thread;
    const page = await load(this.dataset.url).catch(() => null);
    if (!page || !this.isConnected) return;
    if (revision !== this.thread.revision) return void this.#sync(running);
    this.#become(page);
    running.forEach((id) => this.#resume(id));
  }

  #become(page) {
    this.thread.sync(page.querySelector("[data-thread]"));
    this.heading.show(page.querySelector("conversation-title [name=title]").value);
    this.#show();
  }

  #changed({ conversation, title, head }) {
    this.#tellList();
    if (conversation !== this.dataset.conversation) return;
    if (title === null) return void this.#refused(4404);
    this.heading.show(title);
    if (head && !this.thread.find(head)) this.#sync([head]);
  }

  #messageCreated({ id, parent, html }) {
    this.composer.sent(id);
    if (!this.thread.dropAfter(parent, id)) return void this.#sync();
    delete this.thread.put(html).dataset.pending;
    if (this.hasAttribute("data-new")) this.#becomeOld();
    this.#show();
  }

  #becomeOld() {
    this.removeAttribute("data-new");
    this.querySelectorAll("conversation-title, [data-delete]").forEach((element) => (element.hidden = false));
    moved(this.dataset.url);
  }

  #replyStarted({ message, parent, html }) {
    this.outbox.done(parent);
    if (!this.thread.dropAfter(parent, message)) return void this.#sync([message]);
    if (!this.#reply(message)) this.thread.put(html);
    this.#replies.delete(message);
    if (this.#stopSoon) this.#stop();
    announce("Answer started.");
    this.#show();
  }

  #replyDelta(frame) {
    const reply = this.#reply(frame.message);
    if (reply && !reply.apply(frame)) this.#resume(frame.message);
  }

  #replyFinished({ message, status, html }) {
    this.#replies.get(message)?.finish();
    this.#replies.delete(message);
    const article = this.thread.find(message);
    if (article) morph(article, parse(html).querySelector(".message"));
    announce(ENDS[status]);
    this.#show();
  }

  /** The growing answer in this message; null when none grows there. */
  #reply(id) {
    const article = this.thread.find(id);
    if (article?.ariaBusy !== "true") return null;
    if (this.#replies.get(id)?.article !== article) {
      const acknowledge = (offset) => this.socket.send({ type: "events.ack", message: id, offset });
      this.#replies.set(id, new Reply(article, acknowledge));
    }
    return this.#replies.get(id);
  }

  #resume(id) {
    const reply = this.#reply(id);
    if (reply) this.socket.send({ type: "events.resume", message: id, offset: reply.end, blocks: reply.blocks });
  }

  #error({ ref, detail }) {
    const unsent = this.outbox.refused(ref);
    if (unsent) this.composer.giveBack(unsent.text, unsent.parent);
    this.composer.notice(detail);
    announce(detail);
    this.#show();
  }

  #disconnected() {
    clearTimeout(this.#lost);
    this.#lost = setTimeout(() => this.composer.notice("Reconnecting…"), RECONNECTING_AFTER);
  }

  #refused(code) {
    clearTimeout(this.#lost);
    const sentence = REFUSED[code];
    this.composer.notice(sentence, code === 4401 ? "sign-in" : "reload");
    announce(sentence);
  }

  #send(message) {
    this.outbox.send(message);
    this.#show();
    this.follow.toEnd();
  }

  // Before the first word there is nothing to name yet: the wish is kept until there is.
  #stop() {
    const { running } = this.thread;
    this.#stopSoon = running.length === 0;
    running.forEach((article) => this.socket.send({ type: "reply.stop", message: article.dataset.message }));
  }

  #click(target) {
    const article = target.closest(".message");
    if (target.closest("[data-again]")) this.#again(article.dataset.parent);
    if (target.closest("[data-edit]")) this.composer.edit(article.querySelector("[data-body]").textContent, article.dataset.parent || null);
  }

  // The buttons ‹ and › stand outside their form, so that a message's HTML holds no token.
  async #showVersion(event) {
    event.preventDefault();
    const { target, submitter } = event;
    const { parent } = submitter.closest(".message").dataset;
    const page = await load(target.action, { method: "POST", body: new FormData(target, submitter) }).catch(() => null);
    if (!page) return void this.composer.notice(NO_CONNECTION);
    this.#become(page);
    this.thread.focusVersions(parent, submitter.ariaLabel);
  }

  #again(parent) {
    const isSent = this.socket.send({ type: "reply.create", parent, ...this.composer.choice });
    if (isSent) this.composer.takeFocus();
    else this.composer.notice(NO_CONNECTION);
  }

  #keydown(event) {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    if (this.hasAttribute("data-answering") && !document.querySelector(":popover-open")) this.#stop();
  }

  // Stop is offered from the moment of sending, so that an answer can be stopped before its first word.
  #show() {
    const isAnswering = this.thread.running.length > 0 || this.outbox.isBusy;
    if (!isAnswering) this.#stopSoon = false;
    this.toggleAttribute("data-answering", isAnswering);
    this.toggleAttribute("data-empty", this.thread.isEmpty);
    this.composer.showAnswering(isAnswering);
  }

  #tellList() {
    document.dispatchEvent(new CustomEvent("conversations-changed"));
  }
}

customElements.define("chat-conversation", ChatConversation);
