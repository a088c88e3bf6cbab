/** The same as a socket, by server-sent events and POST, for networks that block WebSockets. */

/** The response is over, and the next one goes on where the page is. */
export const NEXT = 1000;
const DEAD = 1006;
const CODES = { 401: 4401, 403: 4401, 404: 4404, 429: 4429 };
// The server breaks a silence every 15 s.
const SILENT_FOR = 22_000;
// A response that ends sooner has not ended because it was long.
const SHORTEST = 1000;

/** Send a frame of a conversation, whose page is at `path`; gives null where nobody answers. */
export function post(path, frame) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
  return fetch(`${path}frames/`, { method: "POST", headers, body: JSON.stringify(frame) }).catch(() => null);
}

export class Stream {
  #path;
  #frame;
  #closed;
  #limit;
  #places;
  #life = new AbortController();

  /** `places()`: where the page is in each growing answer, as `message` to `offset:blocks:completion`. */
  constructor(path, frame, closed, places) {
    this.#path = path;
    this.#frame = frame;
    this.#closed = closed;
    this.#places = places();
    this.#follow();
  }

  send(frame) {
    if (frame.type === "events.resume") this.#resume(frame);
    else if (frame.type !== "events.ack") this.#post(frame);
    return true;
  }

  /** Silence is noticed without asking; where that would take too long, the next response tells. */
  check(isUrgent) {
    if (isUrgent) this.#end(NEXT);
  }

  close() {
    clearTimeout(this.#limit);
    this.#closed = () => {};
    this.#life.abort();
  }

  async #follow() {
    const began = Date.now();
    const at = [...this.#places].map(([message, place]) => ["at", `${message}:${place}`]);
    try {
      this.#listen();
      const response = await fetch(`${this.#path}events/?${new URLSearchParams(at)}`, { signal: this.#life.signal });
      if (response.ok) await this.#read(response.body.pipeThrough(new TextDecoderStream()).getReader());
      else if (response.status === 429) this.#frame(await response.json());
      this.#end(response.ok && Date.now() - began > SHORTEST ? NEXT : CODES[response.status] ?? DEAD);
    } catch {
      this.#end(DEAD);
    }
  }

  async #read(reader) {
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#listen();
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) if (event.startsWith("data: ")) this.#take(JSON.parse(event.slice(6)));
    }
  }

  #take(frame) {
    if (frame.type === "reply.delta") this.#places.set(frame.message, `${frame.end}:${frame.blocks + frame.settled.length}:${frame.completion}`);
    this.#frame(frame);
  }

  // A response cannot be turned back. Where the page asks for another place than the next, another response begins there.
  #resume({ message, offset, blocks, completion }) {
    const next = this.#places.get(message) ?? `0:0:${completion}`;
    if (next !== `${offset}:${blocks}:${completion}`) this.#end(NEXT);
  }

  async #post(frame) {
    const response = await post(this.#path, frame);
    if (response?.headers.get("Content-Type") === "application/json" && !(response.status in CODES)) this.#frame(await response.json());
    else if (!response?.ok) this.#end(CODES[response?.status] ?? DEAD);
  }

  #listen() {
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#end(DEAD), SILENT_FOR);
  }

  #end(code) {
    const closed = this.#closed;
    this.close();
    closed(code);
  }
}
