// The doctor's page: it measures the connection from this browser to the site, and shows the findings of the server.

import { writeClipboard } from "./clipboard.js";
import { parse } from "./html.js";
import { newId } from "./ids.js";

const OPEN_MS = 8000;
// An answer takes 2 s, after one in another tab.
const ANSWER_MS = 15_000;
// Stop is sent after this time where no delta has come yet, because deltas come together.
const STOP_MS = 1000;
// Of two deltas that are sent with this pause between them, the second one should arrive after a share of it.
const MIN_PAUSE_MS = 50;
const MIN_SHARE = 1 / 3;
const SHOWN_MS = 1500;

class DoctorPage extends HTMLElement {
  #life = new AbortController();
  #measured = { origin: location.origin };
  #fromServer;

  async connectedCallback() {
    this.#offerCopy();
    const state = this.querySelector("[data-state]");
    state.textContent = state.dataset.running;
    try {
      await this.#measure();
      state.hidden = true;
    } catch (error) {
      if (this.#life.signal.aborted) return;
      state.textContent = "The site did not return the findings. Load this page again.";
      throw error;
    }
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  async #measure() {
    await this.#show({});
    const socket = new SocketAnswers(this.dataset.socket, this.#life.signal);
    const opened = await socket.opened;
    await this.#show({ socket: { opened } });
    if (opened !== null) await this.#measureBoth("socket", socket);
    socket.close();
    const form = this.querySelector("[data-stop]");
    await this.#measureBoth("events", new EventAnswers(this.dataset.events, form, this.#life.signal));
  }

  async #measureBoth(name, connection) {
    const answer = spacing(await follow(connection));
    await this.#show({ [`${name}-answer`]: answer });
    await this.#show({ [`${name}-stop`]: await stopping(connection, answer.cameApart ? ANSWER_MS : STOP_MS) });
  }

  async #show(more) {
    Object.assign(this.#measured, more);
    const measured = JSON.stringify({ ...this.#measured, now: Date.now() });
    const query = new URLSearchParams({ measured, problems: this.dataset.problems, notes: this.dataset.notes });
    const response = await fetch(`${this.dataset.url}?${query}`, { signal: this.#life.signal, redirect: "error" });
    if (!response.ok) throw new Error(`${response.status}`);
    const { html, verdict, bug_report: lines } = await response.json();
    this.querySelector("[data-way]").replaceChildren(parse(html));
    this.#say(verdict);
    this.#report(lines);
  }

  // The same sentence again would be read out again.
  #say(verdict) {
    const sentence = this.querySelector(".verdict");
    if (sentence.textContent !== verdict) sentence.textContent = verdict;
  }

  #report(lines) {
    const report = this.querySelector("[data-report]");
    this.#fromServer ??= report.textContent;
    report.textContent = this.#fromServer + lines;
  }

  #offerCopy() {
    const button = this.querySelector("[data-copy]");
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = this.querySelector("[data-report]").textContent;
      button.textContent = await writeClipboard(text).then(() => "Copied", () => "Not copied");
      setTimeout(() => (button.textContent = label), SHOWN_MS);
    });
  }
}

/** Sends answers over one socket. `opened`: how many milliseconds that took; null where it did not. */
class SocketAnswers {
  #socket;
  #take = () => {};

  constructor(path, signal) {
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const began = performance.now();
    this.#socket = new WebSocket(url);
    this.opened = new Promise((resolve) => {
      this.#socket.onopen = () => resolve(since(began));
      this.#socket.onclose = () => (resolve(null), this.#take({ type: "answer.lost" }));
      setTimeout(resolve, OPEN_MS, null);
    });
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    signal.addEventListener("abort", () => this.close());
  }

  begin(take) {
    this.#take = take;
    this.#socket.send("answer.create");
    return () => (this.#take = () => {});
  }

  async stop() {
    this.#socket.send("answer.stop");
    return null;
  }

  close() {
    this.#socket.close();
  }
}

/** Sends answers as server-sent events, and stops them by a request. */
class EventAnswers {
  #url;
  #form;
  #signal;
  #answer;

  constructor(url, form, signal) {
    this.#url = url;
    this.#form = form;
    this.#signal = signal;
  }

  begin(take) {
    this.#answer = newId();
    const source = new EventSource(`${this.#url}?answer=${this.#answer}`);
    const close = () => source.close();
    source.onmessage = ({ data }) => take(JSON.parse(data));
    // A browser would ask for another answer.
    source.onerror = () => take({ type: "answer.lost" });
    this.#signal.addEventListener("abort", close);
    return close;
  }

  /** Returns the status of a refusal. */
  async stop() {
    const body = new FormData(this.#form);
    body.set("answer", this.#answer);
    const request = { method: "POST", body, redirect: "manual", signal: this.#signal };
    const response = await fetch(this.#form.action, request).catch(() => null);
    return response?.ok ? null : response?.status ?? 0;
  }
}

/** Returns how an answer ended, its deltas with the times at which they were sent and came, and how many were `sent`.
    `onFirst` is called at the first of them. */
function follow(connection, onFirst = () => {}) {
  const deltas = [];
  return new Promise((resolve) => {
    const end = (type, sent) => {
      clearTimeout(limit);
      leave();
      resolve({ type, deltas, sent });
    };
    const limit = setTimeout(end, ANSWER_MS, "answer.late");
    const leave = connection.begin(({ type, sent, deltas: count }) => {
      if (type !== "answer.delta") return end(type, count);
      deltas.push({ sent, came: performance.now() });
      onFirst();
    });
  });
}

function spacing({ type, deltas }) {
  const pauses = deltas.slice(1).map(({ sent, came }, at) => ({ sent: sent - deltas[at].sent, came: came - deltas[at].came }));
  const apart = pauses.filter(({ sent }) => sent >= MIN_PAUSE_MS);
  const cameApart = apart.filter(({ sent, came }) => came >= sent * MIN_SHARE).length;
  const milliseconds = deltas.length ? Math.round(deltas.at(-1).came - deltas[0].came) : 0;
  return { type, deltas: deltas.length, sentApart: apart.length, cameApart, milliseconds };
}

/** Stops an answer after its first delta, or after `limit` ms, and returns how many milliseconds later it ended. */
async function stopping(connection, limit) {
  let onFirst;
  const first = new Promise((resolve) => (onFirst = resolve));
  const answer = follow(connection, onFirst);
  await Promise.race([first, answer, pause(limit)]);
  const began = performance.now();
  const status = await connection.stop();
  if (status !== null) return { status };
  const { type, sent } = await answer;
  return { type, deltas: sent, stopped: type === "answer.stopped" ? since(began) : null };
}

function since(began) {
  return Math.round(performance.now() - began);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

customElements.define("doctor-page", DoctorPage);
