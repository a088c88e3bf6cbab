/** A WebSocket that comes back by itself. Events: `open`, `frame` (detail: the frame), `lost`, `ended` (detail: the code). */

const FINAL = new Set([4401, 4403, 4404, 4429]);
const LONGEST_WAIT = 15_000;
const SETTLED = 10_000;
const EQUAL_FAILURES = 4;

export class Socket extends EventTarget {
  #url;
  #socket;
  #timer;
  #tries = 0;
  #failures = 0;
  #life = new AbortController();

  constructor(path) {
    super();
    this.#url = new URL(path, location.href);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    const { signal } = this.#life;
    addEventListener("online", () => this.#hurry(), { signal });
    addEventListener("pageshow", () => this.#hurry(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry(), { signal });
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    let opened = Infinity;
    socket.onopen = () => {
      opened = Date.now();
      this.#say("open");
    };
    socket.onmessage = ({ data }) => this.#say("frame", JSON.parse(data));
    socket.onclose = ({ code }) => this.#closed(code, Date.now() - opened > SETTLED);
  }

  /** Send now; false where there is no connection. */
  send(frame) {
    if (this.isOpen) this.#socket.send(JSON.stringify(frame));
    return this.isOpen;
  }

  close() {
    this.#life.abort();
    clearTimeout(this.#timer);
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #closed(code, wasSettled) {
    if (wasSettled) this.#tries = this.#failures = 0;
    this.#failures = code === 1011 ? this.#failures + 1 : 0;
    if (FINAL.has(code) || this.#failures >= EQUAL_FAILURES) {
      this.#life.abort();
      this.#say("ended", code);
      return;
    }
    this.#say("lost");
    const wait = Math.min(LONGEST_WAIT, 400 * 2 ** this.#tries++);
    this.#timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  #hurry() {
    if (this.#timer) this.open();
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
