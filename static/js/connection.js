/** A conversation's connection: a socket, or a stream where sockets are blocked. It comes back by itself.

    Events: `frame` (detail: the frame), `lost`, `doubted` (an answer that grew is silent), `slow` (detail: whether a stream
    has to do), `ended` (detail: the code). */

import { Socket } from "./socket.js";
import { NEXT, Stream } from "./stream.js";

const FINAL = new Set([4401, 4403, 4404, 4429]);
const FAILED = 1011;
const RESTARTED = 1012;
const EQUAL_FAILURES = 4;
const EARLY_DEATHS = 3;
const CHECK_EVERY = 15_000;
// An answer that grew and says nothing for so long may be one whose socket is dead.
const SILENCE = 3_000;
const SETTLED = 10_000;
// Waits grow slowly: who was away for a few seconds is back within one, of which the browser need know nothing.
const FIRST_WAIT = 250;
const GROWTH = 1.25;
const LONGEST_WAIT = 4_000;
const SOCKET_AGAIN_AFTER = 180_000;

export class Connection extends EventTarget {
  #path;
  #places;
  #life = new AbortController();
  // What carries, and what is to carry but has not spoken yet. Beside a stream that may be a socket that is tried.
  #carrier = null;
  #coming = null;
  #timer = null;
  #checking;
  #silence;
  #isGrowing = false;
  #tries = 0;
  #earlyDeaths = 0;
  #failures = 0;
  #begun = 0;
  #socketTried = 0;

  /** `path`: the conversation's page. `places()`: where the page is in growing answers, see Stream. */
  constructor(path, places = () => new Map()) {
    super();
    this.#path = path;
    this.#places = places;
    const { signal } = this.#life;
    addEventListener("online", () => this.#hurry(true), { signal });
    addEventListener("offline", () => this.#hurry(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#hurry(), { signal });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#rest() : this.#hurry()), { signal });
    this.#checking = setInterval(() => document.hidden || this.#check(), CHECK_EVERY);
  }

  open() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const needsStream = isBlocked() || this.#earlyDeaths >= EARLY_DEATHS;
    this.#begin(needsStream ? Stream : Socket);
  }

  /** Send now; false where there is no connection, which is then made as soon as can be. */
  send(frame) {
    const isSent = Boolean((this.#carrier ?? this.#coming)?.send(frame));
    if (!isSent && this.#timer) this.open();
    else if (!isSent) this.#carrier?.check(true);
    return isSent;
  }

  close() {
    this.#life.abort();
    clearInterval(this.#checking);
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#carrier?.close();
    this.#coming?.close();
  }

  #begin(Carrier) {
    this.#coming?.close();
    this.#coming = null;
    if (Carrier === Stream && document.hidden) return; // see #rest
    if (Carrier === Socket) this.#socketTried = Date.now();
    try {
      const carrier = new Carrier(this.#path, (frame) => this.#heard(carrier, frame), (code) => this.#closed(carrier, code), this.#places);
      this.#coming = carrier;
    } catch { // there are no WebSockets at all
      if (this.#carrier) this.#failedBeside();
      else this.#begin(Stream);
    }
  }

  #heard(carrier, frame) {
    if (carrier === this.#coming) this.#take(carrier);
    this.#listen(frame.type);
    this.#say("frame", frame);
  }

  // One question for each silence: a model may think for long.
  #listen(type) {
    clearTimeout(this.#silence);
    if (type === "reply.delta") this.#isGrowing = true;
    if (type === "reply.finished" || type === "conversation.checked") this.#isGrowing = false;
    if (this.#isGrowing) this.#silence = setTimeout(() => this.#doubt(), SILENCE);
  }

  // A stream is never silent for long, and could not be asked.
  #doubt() {
    if (document.hidden || !(this.#carrier instanceof Socket)) return;
    this.#carrier.check(true);
    this.#say("doubted");
  }

  #take(carrier) {
    this.#carrier?.close();
    this.#carrier = carrier;
    this.#coming = null;
    this.#begun = Date.now();
    this.#earlyDeaths = 0;
    if (carrier instanceof Socket) this.#showBlocked(false);
    else this.#makeDo();
  }

  // Whether it is the sockets that are blocked, and not the server that was away, is seen when one fails beside a stream.
  #makeDo() {
    if (isBlocked()) this.#say("slow", true);
    else this.#socketTried = 0;
    this.#trySocket();
  }

  #trySocket() {
    if (this.#carrier instanceof Stream && !this.#coming && Date.now() - this.#socketTried > SOCKET_AGAIN_AFTER) this.#begin(Socket);
  }

  #closed(carrier, code) {
    const wasEarly = carrier === this.#coming;
    if (wasEarly) this.#coming = null;
    else this.#carrier = null;
    if (FINAL.has(code)) this.#end(code);
    else if (this.#carrier) this.#failedBeside();
    else if (code === NEXT && carrier instanceof Stream) this.#begin(Stream);
    else if (this.#coming) this.#say("lost");
    else this.#lose(code, wasEarly, carrier instanceof Stream);
  }

  #failedBeside() {
    if (this.#carrier instanceof Stream) this.#showBlocked(true);
  }

  #lose(code, wasEarly, wasStream) {
    if (!wasEarly && Date.now() - this.#begun > SETTLED) this.#tries = this.#failures = 0;
    this.#failures = code === FAILED ? this.#failures + 1 : 0;
    if (this.#failures >= EQUAL_FAILURES) return void this.#end(code);
    const tellsNothing = code === FAILED || code === RESTARTED || wasStream;
    this.#earlyDeaths = tellsNothing || !wasEarly ? 0 : this.#earlyDeaths + 1;
    this.#say("lost");
    if (this.#earlyDeaths === EARLY_DEATHS) return void this.open();
    const wait = code === RESTARTED ? 400 : Math.min(LONGEST_WAIT, FIRST_WAIT * GROWTH ** this.#tries++);
    this.#timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  #end(code) {
    this.close();
    this.#say("ended", code);
  }

  #check() {
    this.#carrier?.check(false);
    this.#trySocket();
  }

  // The reader or the computer is back: what waits begins now, and what seems alive has to show it. Where the network
  // is known to be back, what was there before it went is most likely dead, and a new one is begun beside it.
  #hurry(isBack = false) {
    if (isBack) this.#tries = this.#socketTried = 0;
    this.#carrier?.check(true);
    if (this.#carrier instanceof Stream || this.#coming instanceof Stream) return;
    if (isBack || !(this.#carrier || this.#coming)) this.open();
    else this.#coming?.check(true);
  }

  // A browser opens few connections to one site; those of hidden pages' streams would keep the others waiting.
  // They begin again when the reader is back.
  #rest() {
    if (!(this.#carrier instanceof Stream || this.#coming instanceof Stream)) return;
    this.#carrier?.close();
    this.#coming?.close();
    this.#carrier = this.#coming = null;
  }

  #showBlocked(isSo) {
    rememberBlocked(isSo);
    this.#say("slow", isSo);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// For the pages to come in this tab, which would find out anew each time.
function isBlocked() {
  try {
    return Boolean(sessionStorage.getItem("sockets blocked"));
  } catch {
    return false;
  }
}

function rememberBlocked(isSo) {
  try {
    if (isSo) sessionStorage.setItem("sockets blocked", "1");
    else sessionStorage.removeItem("sockets blocked");
  } catch { /* each page finds out */ }
}
