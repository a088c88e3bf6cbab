/** <chat-conversation>: one conversation on the page, kept true by its socket. */

import { announce, morph, parse } from "./html.js";
import { Follow } from "./follow.js";
import { load, replaceUrl } from "./navigation.js";
import { Reply } from "./reply.js";
import { Socket } from "./socket.js";
import { Thread } from "./thread.js";

const ENDS = { complete: "Answer finished.", stopped: "Answer stopped.", failed: "The answer failed.", interrupted: "The answer was interrupted." };
const ENDED = {
  4401: "You are signed out.",
  4403: "This conversation is not there, or it is not yours.",
  4404: "This conversation is not there, or it is not yours.",
  4429: "That was too much at once. Wait a minute before you go on.",
  1011: "The server keeps failing at this conversation.",
};

class ChatConversation extends HTMLElement {
  #replies = new Map();
  #outbox = new Map();
  #life;
  #wasOpen = false;
  #stopSoon = false;

  connectedCallback() {
    this.#life = new AbortController();
    this.composer = this.querySelector("chat-composer");
    this.thread = new Thread(this.querySelector("[data-thread]"), this.querySelector("[data-blank]"));
    this.follow = new Follow(this, this.querySelector("[data-newest]"));
    this.#listen();
    this.#connect();
    this.follow.toEnd();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.follow.stop();
    this.socket.close();
    clearTimeout(this.reconnecting);
  }

  #listen() {
    const { signal } = this.#life;
    this.addEventListener("message-send", ({ detail }) => this.#send(detail), { signal });
    this.addEventListener("reply-stop", () => this.#stop(), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.querySelector("[data-title]").addEventListener("change", (event) => this.#rename(event.target), { signal });
    this.querySelector("[data-title]").addEventListener("submit", (event) => event.preventDefault(), { signal });
    document.addEventListener("keydown", (event) => this.#keydown(event), { signal });
  }

  #connect() {
    this.socket = new Socket(`/ws/conversations/${this.dataset.conversation}/`);
    this.socket.addEventListener("frame", ({ detail }) => this.#frames[detail.type]?.(detail));
    this.socket.addEventListener("lost", () => this.#lost());
    this.socket.addEventListener("ended", ({ detail }) => this.#ended(detail));
    this.socket.open();
  }

  #frames = {
    "conversation.opened": (frame) => this.#opened(frame),
    "conversation.changed": (frame) => this.#changed(frame),
    "message.created": (frame) => this.#messageCreated(frame),
    "reply.started": (frame) => this.#replyStarted(frame),
    "reply.delta": (frame) => this.#replyDelta(frame),
    "reply.finished": (frame) => this.#replyFinished(frame),
    error: (frame) => this.#refused(frame),
  };

  #opened({ running }) {
    clearTimeout(this.reconnecting);
    this.composer.notice("");
    const isKnown = running.every((id) => this.thread.find(id));
    const isOver = [...this.thread.running].some((article) => !running.includes(article.dataset.message));
    if (this.#wasOpen || !isKnown || isOver) this.#sync(running);
    else running.forEach((id) => this.#resume(id));
    this.#wasOpen = true;
    this.#outbox.forEach((frame) => this.socket.send(frame));
    this.#show();
  }

  // What was missed while there was no connection is what a fresh page shows.
  async #sync(running = []) {
    if (this.hasAttribute("data-new")) return;
    const page = await load(this.dataset.url).catch(() => null);
    if (!page || !this.isConnected) return;
    this.thread.sync(page.querySelector("[data-thread]"));
    this.#setTitle(page.querySelector("[data-title] input").value);
    running.forEach((id) => this.#resume(id));
    this.#show();
  }

  #reply(id) {
    const article = this.thread.find(id);
    if (!article || article.ariaBusy !== "true") return null;
    if (this.#replies.get(id)?.article !== article) {
      this.#replies.set(id, new Reply(article, (offset) => this.socket.send({ type: "events.ack", message: id, offset })));
    }
    return this.#replies.get(id);
  }

  #resume(id) {
    const reply = this.#reply(id);
    if (reply) this.socket.send({ type: "events.resume", message: id, offset: reply.end, blocks: reply.blocks });
  }

  #messageCreated(frame) {
    this.#outbox.delete(frame.id);
    this.composer.sent(frame.id);
    if (!this.thread.dropAfter(frame.parent, frame.id)) return this.#sync();
    delete this.thread.put(frame.html).dataset.pending;
    if (this.hasAttribute("data-new")) this.#becomeOld();
    return this.#show();
  }

  #becomeOld() {
    this.removeAttribute("data-new");
    replaceUrl(this.dataset.url);
    this.querySelectorAll("[data-title], [data-delete]").forEach((element) => (element.hidden = false));
  }

  #replyStarted(frame) {
    if (!this.thread.dropAfter(frame.parent, frame.message)) return this.#sync([frame.message]);
    if (!this.#reply(frame.message)) this.thread.put(frame.html);
    this.#replies.delete(frame.message);
    if (this.#stopSoon) this.#stop();
    announce("Answer started.");
    return this.#show();
  }

  #replyDelta(frame) {
    const reply = this.#reply(frame.message);
    if (reply && !reply.apply(frame)) this.#resume(frame.message);
  }

  #replyFinished(frame) {
    const article = this.thread.find(frame.message);
    this.#replies.get(frame.message)?.finish();
    this.#replies.delete(frame.message);
    if (article) morph(article, parse(frame.html).querySelector(".message"));
    announce(ENDS[frame.status] ?? "Answer finished.");
    this.#show();
    this.#tellList();
  }

  // It may also be about another conversation of this person, which only the side list shows.
  #changed({ conversation, title, head }) {
    this.#tellList();
    if (conversation !== this.dataset.conversation) return null;
    if (title === null) return this.#ended(4404);
    this.#setTitle(title);
    return head && !this.thread.find(head) ? this.#sync([head]) : null;
  }

  #setTitle(title) {
    const input = this.querySelector("[data-title] input");
    if (input !== document.activeElement) input.value = title;
    this.querySelector("[data-title] h1").textContent = title;
    document.title = `${title || "Untitled"} · chatsite`;
  }

  #tellList() {
    document.dispatchEvent(new CustomEvent("conversations-changed"));
  }

  #refused({ ref, detail }) {
    const frame = this.#outbox.get(ref);
    if (frame) {
      this.#outbox.delete(ref);
      this.thread.find(ref)?.remove();
      this.querySelectorAll("[data-replaced]").forEach((article) => this.#unhide(article));
      this.composer.giveBack(frame.text, frame.parent);
    }
    this.composer.notice(detail);
    announce(detail);
    this.#show();
  }

  #unhide(article) {
    article.hidden = false;
    delete article.dataset.replaced;
  }

  #lost() {
    clearTimeout(this.reconnecting);
    this.reconnecting = setTimeout(() => this.composer.notice("Reconnecting…"), 2000);
  }

  #ended(code) {
    clearTimeout(this.reconnecting);
    const sentence = ENDED[code] ?? ENDED[1011];
    this.composer.notice(sentence, code === 4401 ? "sign-in" : "reload");
    announce(sentence);
  }

  #send({ id, text, parent, model, prompt }) {
    const frame = { type: "message.create", id, text, model, prompt };
    if (parent !== undefined) frame.parent = parent;
    if (parent !== undefined) this.thread.after(parent, id).forEach((article) => this.#replace(article));
    this.thread.addPending(id, text);
    this.#outbox.set(id, frame);
    this.socket.send(frame);
    this.#show();
    this.follow.toEnd();
  }

  // Hidden until the server has taken the edited message, so that a refusal can bring it back.
  #replace(article) {
    article.hidden = true;
    article.dataset.replaced = "";
  }

  #stop() {
    const running = [...this.thread.running];
    this.#stopSoon = running.length === 0 && this.#outbox.size > 0;
    running.forEach((article) => this.socket.send({ type: "reply.stop", message: article.dataset.message }));
  }

  #again(article) {
    const { model, prompt } = this.composer.choice;
    if (!this.socket.send({ type: "reply.create", parent: article.dataset.parent, model, prompt })) this.composer.notice("Reconnecting…");
  }

  #click({ target }) {
    const article = target.closest(".message");
    if (target.closest("[data-again]")) this.#again(article);
    if (target.closest("[data-edit]")) this.composer.edit(article.querySelector("[data-body]").textContent, article.dataset.parent || null);
  }

  #keydown(event) {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    if (this.hasAttribute("data-answering") && !document.querySelector(":popover-open")) this.#stop();
  }

  async #rename(input) {
    const form = input.form;
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (response?.ok) this.#setTitle(input.value);
    else this.composer.notice("The title could not be saved. Try again.");
    this.#tellList();
  }

  // Stop is offered from the moment of sending: an answer can be stopped before its first word.
  #show() {
    const isAnswering = this.thread.running.length > 0 || this.#outbox.size > 0;
    if (this.thread.running.length > 0) this.#stopSoon = false;
    this.toggleAttribute("data-answering", isAnswering);
    this.composer.showAnswering(isAnswering);
  }
}

customElements.define("chat-conversation", ChatConversation);
