/** The same as a socket, by server-sent events and POST, for networks that block WebSockets. */

import { post } from "./post.js";
import { CONNECTION_LOST, PROTOCOL } from "./protocol.js";

/** The response is complete. The next one continues at the page's cursors. */
export const NEXT = 1000;
const CLOSE_CODES = {
  401: PROTOCOL.CLOSE_SIGNED_OUT,
  403: PROTOCOL.CLOSE_SIGNED_OUT,
  404: PROTOCOL.CLOSE_NOT_FOUND,
  429: PROTOCOL.CLOSE_TOO_MUCH,
};
// A stream needs no acknowledgement, and is only open while its page is seen.
const OF_SOCKETS = new Set(["events.ack", "conversation.watch"]);
// A stream that is silent for longer than the server leaves it is dead.
const MAX_SILENCE_MS = PROTOCOL.SILENCE_SECONDS * 1500;
// A complete response lasts longer. One that ends sooner was cut.
const MIN_RESPONSE_MS = 1000;

export class EventStream {
  #path;
  #onEvent;
  #onClose;
  #limit;
  #cursors;
  #isLate;
  #life = new AbortController();

  /** `cursors()`: the page's position in each running answer, `message` to `offset:blocks:completion`. */
  constructor(path, onEvent, onClose, { cursors, isLate }) {
    this.#path = path;
    this.#onEvent = onEvent;
    this.#onClose = onClose;
    this.#cursors = cursors();
    this.#isLate = isLate();
    this.#follow();
  }

  send(command) {
    if (command.type === "events.resume") this.#resume(command);
    else if (!OF_SOCKETS.has(command.type)) this.#post(command);
    return true;
  }

  /** A silent stream ends by itself. An urgent check does not wait for that, and asks for another response. */
  check(isUrgent) {
    if (isUrgent) this.#end(NEXT);
  }

  close() {
    clearTimeout(this.#limit);
    this.#onClose = () => {};
    this.#life.abort();
  }

  async #follow() {
    const began = Date.now();
    const at = [...this.#cursors].map(([message, cursor]) => ["at", `${message}:${cursor}`]);
    if (this.#isLate) at.push(["lately", ""]);
    try {
      this.#limitSilence();
      const response = await fetch(`${this.#path}events/?${new URLSearchParams(at)}`, { signal: this.#life.signal });
      if (response.ok) await this.#read(response.body.pipeThrough(new TextDecoderStream()).getReader());
      else if (response.status === 429) this.#onEvent(await response.json());
      const isComplete = response.ok && Date.now() - began > MIN_RESPONSE_MS;
      this.#end(isComplete ? NEXT : CLOSE_CODES[response.status] ?? CONNECTION_LOST);
    } catch {
      this.#end(CONNECTION_LOST);
    }
  }

  async #read(reader) {
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#limitSilence();
      const parts = (text + value).split("\n\n");
      text = parts.pop();
      for (const part of parts) if (part.startsWith("data: ")) this.#receive(JSON.parse(part.slice(6)));
    }
  }

  #receive(event) {
    const { type, message, end, blocks, settled, completion } = event;
    if (type === "reply.delta") this.#cursors.set(message, `${end}:${blocks + settled.length}:${completion}`);
    this.#onEvent(event);
  }

  // A response cannot go back. When the page asks for another cursor than the next one, another response begins there.
  #resume({ message, offset, blocks, completion }) {
    const next = this.#cursors.get(message) ?? `0:0:${completion}`;
    if (next !== `${offset}:${blocks}:${completion}`) this.#end(NEXT);
  }

  async #post(command) {
    const response = await post(this.#path, command);
    const isEvent = response?.headers.get("Content-Type") === "application/json" && !(response.status in CLOSE_CODES);
    if (isEvent) this.#onEvent(await response.json());
    else if (!response?.ok) this.#end(CLOSE_CODES[response?.status] ?? CONNECTION_LOST);
  }

  #limitSilence() {
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#end(CONNECTION_LOST), MAX_SILENCE_MS);
  }

  #end(code) {
    const onClose = this.#onClose;
    this.close();
    onClose(code);
  }
}
