/** Messages whose answer has not begun yet: shown at once, and sent again after every reconnect. */

export class Outbox {
  #thread;
  #socket;
  #frames = new Map();

  constructor(thread, socket) {
    this.#thread = thread;
    this.#socket = socket;
  }

  get isBusy() {
    return this.#frames.size > 0;
  }

  /** `parent` undefined: at the end of what is shown; null: as a new first message. */
  send({ id, text, parent, ...choice }) {
    const frame = { type: "message.create", id, text, ...choice };
    if (parent !== undefined) {
      frame.parent = parent;
      this.#thread.cover(parent);
    }
    this.#thread.addPending(id, text);
    this.#frames.set(id, frame);
    this.#socket.send(frame);
  }

  sendAll() {
    this.#frames.forEach((frame) => this.#socket.send(frame));
  }

  done(id) {
    this.#frames.delete(id);
  }

  /** Take a refused message back off the page; gives its frame, or undefined when it was not one of these. */
  refused(id) {
    const frame = this.#frames.get(id);
    if (!frame) return undefined;
    this.#frames.delete(id);
    this.#thread.find(id)?.remove();
    this.#thread.uncover();
    return frame;
  }
}
