/** One WebSocket, until it closes or is found dead. Hands on each frame, and once the code that it closed with. */

const DEAD = 1006;
const OPENS_WITHIN = 8000;
const ANSWERS_WITHIN = 5000;
const ANSWERS_SOON = 2000;

export class Socket {
  #socket;
  #limit;
  #closed;
  #hasSpoken = false;

  constructor(path, frame, closed) {
    const url = new URL(`/ws${path}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url);
    this.#closed = closed;
    this.#socket.onmessage = ({ data }) => {
      clearTimeout(this.#limit);
      this.#hasSpoken = true;
      frame(JSON.parse(data));
    };
    this.#socket.onclose = ({ code }) => this.#end(code);
    this.#within(OPENS_WITHIN);
  }

  /** False where there is nobody to hear it. */
  send(frame) {
    if (!this.#hasSpoken || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Ask whether anybody is there: an offline browser is not told that its socket is dead. Any frame is an answer. */
  check(isUrgent) {
    if (!this.send({ type: "conversation.check" }) && !isUrgent) return;
    this.#within(isUrgent ? ANSWERS_SOON : ANSWERS_WITHIN);
  }

  close() {
    clearTimeout(this.#limit);
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #within(limit) {
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#end(DEAD), limit);
  }

  #end(code) {
    this.close();
    this.#closed(code);
  }
}
