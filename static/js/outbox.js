/** Messages that a person has sent and the server has not answered yet: shown at once, kept in the browser over a
    reload, and sent again after each reconnect. */

import { newId } from "./ids.js";
import { post } from "./post.js";
import { keep, keptUnder } from "./storage.js";

const LATE_MS = 5000;

export class Outbox {
  #thread;
  #send;
  #prefix;
  #commands = new Map();

  /** `send(command)`: sends by the page's connection. */
  constructor(thread, send, person, conversation) {
    this.#thread = thread;
    this.#send = send;
    this.#prefix = `message ${person} ${conversation} `;
  }

  /** Returns the new conversation of this person whose first message has waited longest, or undefined. */
  static oldestNew(person) {
    return waiting(`message ${person} `).find(({ isNew }) => isNew)?.conversation;
  }

  /** Send what waits for conversations that are not open here. A refused message waits for its own page, which returns
      it to the person. That page may be open elsewhere and send it as well: the server takes it once.
      A message to a deleted conversation would create it again, so it becomes a draft of a new one. Returns whether
      there was any. */
  static async sendOthers(person, here) {
    let isReturned = false;
    for (const { key, command, conversation, isNew } of waiting(`message ${person} `)) {
      if (conversation === here) continue;
      const path = `/conversations/${conversation}/`;
      if (!isNew && (await isDeleted(path))) {
        keep(`draft ${person} new ${newId()}`, { text: command.text, isLeft: true });
        keep(key, null);
        isReturned = true;
      } else if ((await post(path, command))?.ok) keep(key, null);
    }
    return isReturned;
  }

  get isBusy() {
    return this.#commands.size > 0;
  }

  /** Show what waited when this page was left. */
  restore() {
    for (const { command, at } of waiting(this.#prefix)) {
      if (this.#thread.find(command.id)) this.received(command.id);
      else this.#show(command, at);
    }
  }

  /** `message.parent` undefined: after the last message that is shown; null: as a new first message. */
  send(message, conversation, isNew) {
    const command = { type: "message.create", id: newId(), ...message };
    this.#send(command);
    keep(this.#prefix + command.id, { command, conversation, isNew });
    this.#show(command, Date.now());
  }

  #show(command, at) {
    this.#commands.set(command.id, command);
    this.cover();
    this.#thread.addPending(command.id, command.text);
    setTimeout(() => this.#thread.markLate(command.id), at + LATE_MS - Date.now());
  }

  /** Hide the messages that edited ones will replace. */
  cover() {
    for (const { parent } of this.#commands.values()) if (parent !== undefined) this.#thread.cover(parent);
  }

  sendAll() {
    this.#commands.forEach((command) => this.#send(command));
  }

  /** The server has this message. */
  received(id) {
    keep(this.#prefix + id, null);
  }

  /** Its answer has begun. */
  answered(id) {
    this.received(id);
    this.#commands.delete(id);
  }

  /** Take a message off the page. Returns its command, or undefined when it does not wait here. */
  drop(id) {
    const command = this.#commands.get(id);
    if (!command) return undefined;
    this.answered(id);
    this.#thread.find(id)?.remove();
    this.#thread.uncover();
    return command;
  }

  dropAll() {
    return [...this.#commands.keys()].map((id) => this.drop(id));
  }
}

// An earlier version of the page kept a command as `frame`.
function waiting(prefix) {
  return keptUnder(prefix).map(({ frame, command = frame, ...rest }) => ({ command, ...rest }));
}

async function isDeleted(path) {
  const response = await fetch(path, { redirect: "manual" }).catch(() => null);
  return response?.status === 404;
}
