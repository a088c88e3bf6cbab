/** One WebSocket, until it closes or is found dead. */

import { CONNECTION_LOST } from "./protocol.js";

const OPEN_MS = 8000;
const ANSWER_MS = 5000;
const URGENT_ANSWER_MS = 2000;

export class Socket {
  #socket;
  #limit;
  #check;
  #onClose;
  #hasReceived = false;

  /** `onEvent(event)`: called with each event. `onClose(code)`: called once. `check`: the command to check it with.
      `isLate()`: whether to ask for what changed lately. */
  constructor(path, onEvent, onClose, { check, isLate }) {
    const url = new URL(`/ws${path}${isLate() ? "?lately" : ""}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url);
    this.#onClose = onClose;
    this.#check = check;
    this.#socket.onmessage = ({ data }) => {
      clearTimeout(this.#limit);
      this.#hasReceived = true;
      onEvent(JSON.parse(data));
    };
    this.#socket.onclose = ({ code }) => this.#end(code);
    this.#endAfter(OPEN_MS);
  }

  /** Returns false when there is no connection. */
  send(command) {
    if (!this.#hasReceived || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  /** Ask the server for an answer: a browser does not notice that its socket is dead. Any event is an answer. */
  check(isUrgent) {
    if (!this.send({ type: this.#check }) && !isUrgent) return;
    this.#endAfter(isUrgent ? URGENT_ANSWER_MS : ANSWER_MS);
  }

  close() {
    clearTimeout(this.#limit);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #endAfter(limit) {
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#end(CONNECTION_LOST), limit);
  }

  #end(code) {
    this.close();
    this.#onClose(code);
  }
}
