/** What a person thinks of an answer: two buttons below it, and a small form for a sentence on it. */

import { place } from "./acts.js";
import { announce } from "./announcer.js";

const NOT_SAVED = "This could not be saved. Check the connection and try again.";
const SAID = { good: "Marked as a good answer.", bad: "Marked as a bad answer.", none: "Taken back." };
// On a phone the form is at the bottom of the window.
const WIDE = matchMedia("(min-width: 48.01rem)");

export class Feedback {
  #page;
  #popover;
  #form;
  #about = null;
  // What was typed and not saved, by the message that it is about.
  #typed = new Map();

  /** `page`: the <chat-conversation>. */
  constructor(page, signal) {
    this.#page = page;
    this.#popover = page.querySelector("#feedback");
    this.#form = this.#popover.querySelector("form");
    this.#popover.addEventListener("beforetoggle", ({ newState }) => newState === "closed" && this.#keepTyped(), { signal });
  }

  submit(event) {
    if (event.target.id === "rate") this.#rate(event);
    else if (event.target === this.#form) this.#save(event);
  }

  async #rate(event) {
    event.preventDefault();
    const { target, submitter } = event;
    const article = submitter.closest(".message");
    if (submitter.name === "note") return this.#ask(article);
    const { name } = submitter;
    const { html } = await send(target.action, new FormData(target, submitter));
    if (!html) return this.#page.composer.notice(NOT_SAVED, true);
    if (name === "none") this.#typed.delete(article.dataset.message);
    this.#show(article, html);
    announce(SAID[name]);
    if (name !== "none" && article.isConnected) this.#ask(article);
  }

  // The answer may have left the page meanwhile.
  #show(article, html) {
    if (article.isConnected && !article.ariaBusy) this.#page.thread.put(html);
  }

  #ask(article) {
    const { message } = article.dataset;
    const { rating, words, shared } = article.querySelector(".rating").dataset;
    this.#about = article;
    this.#fill({ message, value: rating, words, shared: shared !== undefined, ...this.#typed.get(message) });
    this.#say("");
    // In the order of the Tab key it comes after the button that is pressed.
    this.#popover.showPopover({ source: article.querySelector(".rating [aria-pressed=true]") });
    if (WIDE.matches) place(this.#popover, article.querySelector(".rating"));
    else this.#popover.removeAttribute("style");
    // Not where that would open a keyboard over the answer.
    if (matchMedia("(pointer: fine)").matches) this.#form.elements.words.focus();
  }

  #fill({ message, value, words, shared }) {
    const { elements } = this.#form;
    elements.message.value = message;
    elements.value.value = value;
    elements.words.value = elements.words.defaultValue = words;
    if (elements.shared) elements.shared.checked = elements.shared.defaultChecked = shared;
    const question = value === "1" ? "What was good? " : "What was wrong? ";
    elements.words.labels[0].firstChild.data = question;
  }

  #keepTyped() {
    const { message, words, shared } = this.#form.elements;
    if (!message.value) return;
    this.#typed.set(message.value, { words: words.value, ...(shared && { shared: shared.checked }) });
  }

  async #save(event) {
    event.preventDefault();
    const { html, sentence } = await send(this.#form.action, new FormData(this.#form));
    if (!html) return this.#say(sentence ?? NOT_SAVED);
    this.#popover.hidePopover();
    this.#typed.delete(this.#form.elements.message.value);
    this.#show(this.#about, html);
    announce("Saved. Thank you.");
  }

  #say(problem) {
    const line = this.#form.querySelector(".problem");
    line.textContent = problem;
    line.hidden = !problem;
  }
}

async function send(url, body) {
  try {
    const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    return await response.json();
  } catch {
    return {};
  }
}
