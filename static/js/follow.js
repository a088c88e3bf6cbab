/** Keeps the newest words in view while the reader is near the end, and leaves the page alone otherwise. */

const NEAR = 80;

export class Follow {
  #observer;
  #life = new AbortController();
  #isNear = true;
  #newest;

  /** `newest`: the button that leads back to the end. */
  constructor(content, newest) {
    this.#newest = newest;
    const { signal } = this.#life;
    addEventListener("scroll", () => this.#look(), { signal, passive: true });
    newest.addEventListener("click", () => this.toEnd(), { signal });
    this.#observer = new ResizeObserver(() => (this.#isNear ? this.toEnd() : this.#look()));
    this.#observer.observe(content);
  }

  toEnd() {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    this.#look();
  }

  stop() {
    this.#life.abort();
    this.#observer.disconnect();
  }

  #look() {
    const { scrollHeight, clientHeight } = document.documentElement;
    this.#isNear = scrollHeight - clientHeight - scrollY < NEAR;
    this.#newest.hidden = this.#isNear;
  }
}
