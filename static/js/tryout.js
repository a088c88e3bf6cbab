// The page “Try it”: it says what the answers will cost, and shows them while they are written.

import { announce } from "./announcer.js";
import "./copy-buttons.js";
import { StreamingBody } from "./streaming-body.js";
import { parse } from "./html.js";

const PRICE_UNIT = 1e6;
const BYTES_PER_TOKEN = 4;

class TryAnswers extends HTMLElement {
  #bodies = new Map();
  #life = new AbortController();

  connectedCallback() {
    const { signal } = this.#life;
    this.addEventListener("submit", (event) => this.#stop(event), { signal });
    if (this.dataset.url) this.#follow();
  }

  disconnectedCallback() {
    this.#life.abort();
  }

  #follow() {
    const source = new EventSource(this.dataset.url);
    source.onmessage = ({ data }) => this.#show(JSON.parse(data));
    source.addEventListener("over", () => {
      source.close();
      this.querySelector(".try-stop").hidden = true;
      announce("All answers have ended.");
    });
    this.#life.signal.addEventListener("abort", () => source.close());
  }

  #show({ answer, html, ...grown }) {
    const article = this.querySelector(`[data-answer="${answer}"]`);
    if (html) this.#end(article, html);
    else if (article.ariaBusy) this.#grow(article, answer, grown);
  }

  #grow(article, answer, { begins, settled, tail, reasoning }) {
    const body = this.#bodies.get(answer) ?? new StreamingBody(article);
    this.#bodies.set(answer, body);
    body.paint(settled, tail, begins);
    this.#showReasoning(article, reasoning, begins);
    article.querySelector("[data-state]").textContent = "Is being written.";
  }

  #showReasoning(article, reasoning, begins) {
    const thoughts = article.querySelector("[data-reasoning]");
    if (!thoughts) return;
    if (begins) thoughts.textContent = "";
    thoughts.append(reasoning);
    if (reasoning) thoughts.parentElement.hidden = false;
  }

  // Focus goes from Stop to what is in its place, if anything is.
  #end(article, html) {
    const hadFocus = article.contains(document.activeElement);
    const ended = parse(html).firstElementChild;
    article.replaceWith(ended);
    if (hadFocus) ended.querySelector("footer button")?.focus();
  }

  #stop(event) {
    const form = event.target;
    if (!form.matches("[data-stop]") || !this.dataset.url) return;
    event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" });
  }
}

class TryForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.#estimate());
    this.#estimate();
  }

  #estimate() {
    const texts = this.#texts();
    const models = this.#models();
    const count = texts.length * models.length;
    const output = Number(this.dataset.answerTokens);
    const messages = this.#messageTokens();
    const cost = models.reduce((sum, { input, outputPrice }) => {
      const tokens = texts.reduce((all, text) => all + text + messages, 0);
      return sum + (tokens * input + texts.length * output * outputPrice) / PRICE_UNIT;
    }, 0);
    this.querySelector("output").textContent = sentence(count, cost);
  }

  /** Returns the tokens of each text that is to answer. */
  #texts() {
    const chosen = [...this.querySelectorAll("[name=versions]:checked, [name=another] option:checked:not([value=''])")];
    const typed = this.querySelector("[name=typed]").value;
    return [...chosen.map((each) => Number(each.dataset.tokens)), ...(typed.trim() ? [tokens(typed)] : [])];
  }

  /** Returns the prices of each model that is to answer; NaN where one is unknown. */
  #models() {
    const chosen = [...this.querySelectorAll("[name=models] option:checked:not([value=''])")];
    const one = new Map(chosen.map((each) => [each.value, each.dataset]));
    return [...one.values()].map(({ inputPrice, outputPrice }) => ({
      input: Number(inputPrice || NaN),
      outputPrice: Number(outputPrice || NaN),
    }));
  }

  #messageTokens() {
    const part = this.querySelector("[name=source]:checked").closest(".try-source");
    const chosen = [...part.querySelectorAll("[data-tokens]:checked")];
    const typed = [...part.querySelectorAll("[name=turn]")];
    return chosen.reduce((sum, each) => sum + Number(each.dataset.tokens), 0) + typed.reduce((sum, each) => sum + tokens(each.value), 0);
  }
}

function tokens(text) {
  return Math.ceil(new TextEncoder().encode(text).length / BYTES_PER_TOKEN);
}

function sentence(count, cost) {
  if (!count) return "0 answers";
  const price = Number.isNaN(cost) ? "price unknown" : `about ${cost.toFixed(4)} in the currency of the prices`;
  return `${count} answer${count === 1 ? "" : "s"}, ${price}`;
}

customElements.define("try-answers", TryAnswers);
customElements.define("try-form", TryForm);
