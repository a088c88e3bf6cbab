/** What a person has written and the server does not have yet, kept in this browser: messages on their way, and drafts.

    Every key names the person, so that nobody else who signs in here is given it. */

import { post } from "./stream.js";

const KEPT_FOR = 30 * 24 * 3600 * 1000;
const LATE_AFTER = 5000;

/** Messages whose answer has not begun yet: shown at once, kept over a reload, and sent again after every reconnect. */
export class Outbox {
  #thread;
  #send;
  #prefix;
  #frames = new Map();

  constructor(thread, send, person, conversation) {
    this.#thread = thread;
    this.#send = send;
    this.#prefix = `message ${person} ${conversation} `;
  }

  /** The new conversation of this person whose first message has been waiting for longest; undefined when none has. */
  static oldestNew(person) {
    return all(`message ${person} `).find(({ isNew }) => isNew)?.conversation;
  }

  /** Send what waits for conversations that are not open here. What is refused waits on for its own page, which gives it
      back. Sending twice does no harm: that page may be open elsewhere, and send it, too.
      What waits for a deleted one would make it again: it is given back to be sent in a new one. Tells whether any is. */
  static async sendOthers(person, here) {
    let isGivenBack = false;
    for (const { key, frame, conversation, isNew } of all(`message ${person} `)) {
      if (conversation === here) continue;
      const path = `/conversations/${conversation}/`;
      if (!isNew && (await isGone(path))) {
        keep(`draft ${person} new ${newId()}`, { text: frame.text, isLeft: true });
        keep(key, null);
        isGivenBack = true;
      } else if ((await post(path, frame))?.ok) keep(key, null);
    }
    return isGivenBack;
  }

  get isBusy() {
    return this.#frames.size > 0;
  }

  /** Show what was waiting when this page was left. */
  restore() {
    for (const { frame, at } of all(this.#prefix)) {
      if (this.#thread.find(frame.id)) this.arrived(frame.id);
      else this.#show(frame, at);
    }
  }

  /** `parent` undefined: at the end of what is shown; null: as a new first message. */
  send(message, conversation, isNew) {
    const frame = { type: "message.create", id: newId(), ...message };
    this.#send(frame);
    keep(this.#prefix + frame.id, { frame, conversation, isNew });
    this.#show(frame, Date.now());
  }

  #show(frame, at) {
    this.#frames.set(frame.id, frame);
    this.cover();
    this.#thread.addPending(frame.id, frame.text);
    setTimeout(() => this.#thread.markLate(frame.id), at + LATE_AFTER - Date.now());
  }

  /** Hide what edited messages are to take the place of. */
  cover() {
    for (const { parent } of this.#frames.values()) if (parent !== undefined) this.#thread.cover(parent);
  }

  sendAll() {
    this.#frames.forEach((frame) => this.#send(frame));
  }

  /** The server has this message. */
  arrived(id) {
    keep(this.#prefix + id, null);
  }

  /** Its answer has begun. */
  answered(id) {
    this.arrived(id);
    this.#frames.delete(id);
  }

  /** Take a message back off the page; gives its frame, or undefined when it was not one of these. */
  drop(id) {
    const frame = this.#frames.get(id);
    if (!frame) return undefined;
    this.answered(id);
    this.#thread.find(id)?.remove();
    this.#thread.uncover();
    return frame;
  }

  /** All of them. */
  dropAll() {
    return [...this.#frames.keys()].map((id) => this.drop(id));
  }
}

async function isGone(path) {
  const response = await fetch(path, { redirect: "manual" }).catch(() => null);
  return response?.status === 404;
}

let isForgetting = false;

/** Delete what is kept, and keep nothing more: the page is left by signing out. */
export function forget() {
  isForgetting = true;
  for (const key of keys()) keep(key, null);
}

/** Keep a value in the browser, or drop it. Storage may be forbidden or full; then what is on the page is all there is. */
export function keep(key, value) {
  try {
    if (value && isForgetting) return;
    if (value) localStorage.setItem(key, JSON.stringify({ at: Date.now(), ...value }));
    else localStorage.removeItem(key);
  } catch { /* see above */ }
}

export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => /^(draft|message) /.test(key));
  } catch {
    return [];
  }
}

/** What is kept under keys that begin so, each with its `key`, the oldest first. */
export function all(prefix) {
  const found = keys().filter((key) => key.startsWith(prefix)).map((key) => ({ ...kept(key), key }));
  return found.sort((one, other) => one.at - other.at);
}

/** What names this tab, over reloads and crashes. */
export function tab() {
  try {
    return (sessionStorage.tab ??= newId());
  } catch {
    return newId();
  }
}

for (const key of keys()) if (!(kept(key)?.at > Date.now() - KEPT_FOR)) keep(key, null);

/** A random uuid. crypto.randomUUID is missing where the page is not served over TLS. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
