/** A page's connection: a socket, or an event stream where sockets are blocked. It reconnects by itself.

    Events: `event` (detail: what the server sent), `lost`, `doubted` (no event comes while an answer grows), `slow`
    (detail: whether it is an event stream because sockets are blocked), `ended` (detail: the close code). */

import { EventStream, NEXT } from "./event-stream.js";
import { isLate } from "./list-updates.js";
import { PROTOCOL } from "./protocol.js";
import { Socket } from "./socket.js";

const FINAL = new Set([PROTOCOL.CLOSE_SIGNED_OUT, PROTOCOL.CLOSE_NOT_FOUND, PROTOCOL.CLOSE_TOO_MUCH]);
const SENT_BY_SERVER = new Set([PROTOCOL.CLOSE_FAILED, PROTOCOL.CLOSE_SERVICE_RESTART]);
const MAX_EQUAL_FAILURES = 4;
const MAX_EARLY_CLOSES = 3;
const CHECK_MS = 15_000;
// An answer that grew and is silent for this time may be one whose socket is dead.
const SILENCE_MS = 3_000;
const STABLE_MS = 10_000;
// Waits grow slowly: a page that was offline for a few seconds is back within one, without an event from the browser.
const MIN_WAIT_MS = 250;
const WAIT_GROWTH = 1.25;
const MAX_WAIT_MS = 4_000;
const RESTART_WAIT_MS = 400;
const SOCKET_RETRY_MS = 180_000;

export class Connection extends EventTarget {
  #path;
  #options;
  #life = new AbortController();
  // The transport that is connected, and the one that is connecting: a socket may be tried while a stream is connected.
  #current = null;
  #next = null;
  #timer = null;
  #checking;
  #silence;
  #isGrowing = false;
  #tries = 0;
  #earlyCloses = 0;
  #failures = 0;
  #connectedAt = 0;
  #socketTriedAt = 0;

  /** `path`: of the conversation, or of the person. `cursors()`: the page's position in running answers, see
      EventStream. `check`: see Socket. `stays`: also while the page is hidden, because the connection keeps something. */
  constructor(path, { cursors = () => new Map(), check = "conversation.check", stays = false } = {}) {
    super();
    this.#path = path;
    this.#options = { cursors, check, stays, isLate };
    const { signal } = this.#life;
    addEventListener("online", () => this.#reconnectNow(true), { signal });
    addEventListener("offline", () => this.#reconnectNow(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#reconnectNow(), { signal });
    const onVisibility = () => (document.hidden ? this.#suspend() : this.#reconnectNow());
    document.addEventListener("visibilitychange", onVisibility, { signal });
    this.#checking = setInterval(() => document.hidden || this.#check(), CHECK_MS);
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const needsStream = isBlocked() || this.#earlyCloses >= MAX_EARLY_CLOSES;
    this.#connect(needsStream ? EventStream : Socket);
  }

  /** Send now. Returns false when there is no connection, and then connects as soon as possible. */
  send(command) {
    const isSent = Boolean((this.#current ?? this.#next)?.send(command));
    if (!isSent && this.#timer) this.open();
    else if (!isSent) this.#current?.check(true);
    return isSent;
  }

  close() {
    this.#life.abort();
    clearInterval(this.#checking);
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#current?.close();
    this.#next?.close();
  }

  #connect(Transport) {
    this.#next?.close();
    this.#next = null;
    if (Transport === EventStream && document.hidden && !this.#options.stays) return; // see #suspend
    if (Transport === Socket) this.#socketTriedAt = Date.now();
    try {
      const onEvent = (event) => this.#onEvent(transport, event);
      const onClose = (code) => this.#onClose(transport, code);
      const transport = new Transport(this.#path, onEvent, onClose, this.#options);
      this.#next = transport;
    } catch { // this browser has no WebSockets
      if (this.#current) this.#onFailedBeside();
      else this.#connect(EventStream);
    }
  }

  #onEvent(transport, event) {
    if (transport === this.#next) this.#promote(transport);
    this.#watchSilence(event.type);
    this.#emit("event", event);
  }

  // One check for each silence: a model may think for long.
  #watchSilence(type) {
    clearTimeout(this.#silence);
    if (type === "reply.delta") this.#isGrowing = true;
    if (type === "reply.finished" || type === "conversation.checked") this.#isGrowing = false;
    if (this.#isGrowing) this.#silence = setTimeout(() => this.#onSilence(), SILENCE_MS);
  }

  // An event stream is never silent for long, and cannot be asked.
  #onSilence() {
    if (document.hidden || !(this.#current instanceof Socket)) return;
    this.#current.check(true);
    this.#emit("doubted");
  }

  #promote(transport) {
    this.#current?.close();
    this.#current = transport;
    this.#next = null;
    this.#connectedAt = Date.now();
    this.#earlyCloses = 0;
    if (transport instanceof Socket) this.#setBlocked(false);
    else this.#fellBackToStream();
  }

  // Either sockets are blocked or the server was down. If a socket fails while a stream works, sockets are blocked.
  #fellBackToStream() {
    if (isBlocked()) this.#emit("slow", true);
    else this.#socketTriedAt = 0;
    this.#trySocket();
  }

  #trySocket() {
    const isTime = Date.now() - this.#socketTriedAt > SOCKET_RETRY_MS;
    if (this.#current instanceof EventStream && !this.#next && isTime) this.#connect(Socket);
  }

  #onClose(transport, code) {
    const wasEarly = transport === this.#next;
    if (wasEarly) this.#next = null;
    else this.#current = null;
    if (FINAL.has(code)) this.#end(code);
    else if (this.#current) this.#onFailedBeside();
    else if (code === NEXT && transport instanceof EventStream) this.#connect(EventStream);
    else if (this.#next) this.#emit("lost");
    else this.#onDisconnect(code, wasEarly, transport instanceof EventStream);
  }

  #onFailedBeside() {
    if (this.#current instanceof EventStream) this.#setBlocked(true);
  }

  #onDisconnect(code, wasEarly, wasStream) {
    if (!wasEarly && Date.now() - this.#connectedAt > STABLE_MS) this.#tries = this.#failures = 0;
    this.#failures = code === PROTOCOL.CLOSE_FAILED ? this.#failures + 1 : 0;
    if (this.#failures >= MAX_EQUAL_FAILURES) return void this.#end(code);
    const mayBeBlocked = wasEarly && !wasStream && !SENT_BY_SERVER.has(code);
    this.#earlyCloses = mayBeBlocked ? this.#earlyCloses + 1 : 0;
    this.#emit("lost");
    if (this.#earlyCloses === MAX_EARLY_CLOSES) return void this.open();
    this.#timer = setTimeout(() => this.open(), this.#wait(code) * (0.5 + Math.random() / 2));
  }

  #wait(code) {
    if (code === PROTOCOL.CLOSE_SERVICE_RESTART) return RESTART_WAIT_MS;
    return Math.min(MAX_WAIT_MS, MIN_WAIT_MS * WAIT_GROWTH ** this.#tries++);
  }

  #end(code) {
    this.close();
    this.#emit("ended", code);
  }

  #check() {
    this.#current?.check(false);
    this.#trySocket();
  }

  // The reader or the computer is back: a connection that waits begins now, and one that seems alive is checked. When
  // the network has come back (`isOnline`), the old connection is most likely dead: a new one is opened at the same time.
  #reconnectNow(isOnline = false) {
    if (isOnline) this.#tries = this.#socketTriedAt = 0;
    this.#current?.check(true);
    if (this.#current instanceof EventStream || this.#next instanceof EventStream) return;
    if (isOnline || !(this.#current || this.#next)) this.open();
    else this.#next?.check(true);
  }

  // A browser opens few connections to one site, and the streams of hidden pages would keep other pages waiting.
  // They begin again when the reader is back.
  #suspend() {
    if (this.#options.stays) return;
    if (!(this.#current instanceof EventStream || this.#next instanceof EventStream)) return;
    this.#current?.close();
    this.#next?.close();
    this.#current = this.#next = null;
  }

  #setBlocked(isBlocked) {
    rememberBlocked(isBlocked);
    this.#emit("slow", isBlocked);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// For the next pages of this tab: each would have to find out by itself.
function isBlocked() {
  try {
    return Boolean(sessionStorage.getItem("sockets blocked"));
  } catch {
    return false;
  }
}

function rememberBlocked(isBlocked) {
  try {
    if (isBlocked) sessionStorage.setItem("sockets blocked", "1");
    else sessionStorage.removeItem("sockets blocked");
  } catch { /* each page finds out by itself */ }
}
