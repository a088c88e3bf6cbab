/** Keeps the newest words in view until the reader scrolls up, and again from the moment they are back at the end.

    The reader may scroll with anything. It shows in one way: the page goes up although its end has not come nearer. */

// Pixels below the window that need no button to jump to them.
const NEAR_PX = 80;
// Sizes are rounded, so the end may be this far from its computed position.
const ROUNDING_PX = 1;
// How long a scroll takes. The end moves on meanwhile, and reaching where it was is enough.
const SCROLL_MS = 500;
const { documentElement: root } = document;

export class Autoscroll {
  #content;
  #newest;
  #observer;
  #life = new AbortController();
  #isFollowing = true;
  #top = 0;
  #ends = [];
  #opened = null;

  /** `newest`: the button that jumps to the end. */
  constructor(content, newest) {
    this.#content = content;
    this.#newest = newest;
    const { signal } = this.#life;
    for (const view of [window, visualViewport ?? []]) {
      view.addEventListener?.("scroll", () => this.#scrolled(), { signal, passive: true });
      view.addEventListener?.("resize", () => this.#resized(), { signal });
    }
    content.addEventListener("pointermove", (event) => this.#dragged(event), { signal, passive: true });
    content.addEventListener("click", ({ target }) => this.#clicked(target), { signal });
    newest.addEventListener("click", () => this.toEnd(), { signal });
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(content);
  }

  /** Where the reader is: the first `message` that is in view, and its `offset` from the top of the window in pixels.
      Null while the page follows the answer, or is empty. */
  get place() {
    const first = this.#isFollowing ? null : this.firstInView;
    return first && { message: first.dataset.message, offset: first.getBoundingClientRect().top };
  }

  /** The first message that is in view. */
  get firstInView() {
    const articles = [...this.#content.querySelectorAll(".message")];
    return articles.find((article) => article.getBoundingClientRect().bottom > this.#barHeight) ?? null;
  }

  toEnd() {
    this.#setFollowing(true);
    // An empty conversation in a low window shows the greeting and the field.
    if (!this.#content.hasAttribute("data-empty")) window.scrollTo({ top: root.scrollHeight, behavior: "instant" });
    this.#note();
  }

  /** Scroll to an earlier `place`; without one to the message that the address names, or to the end. */
  restore(place) {
    const target = place ? this.#find(place.message) : this.#content.querySelector(".message:target");
    if (!target) this.toEnd();
    else if (place) this.#leaveFor(() => scrollTo(target, place.offset));
    else this.toMessage(target);
  }

  /** Scroll to a message, or to the first word that is marked in it, and mark it as found. */
  toMessage(article) {
    this.#content.querySelector("[data-found]")?.removeAttribute("data-found");
    article.toggleAttribute("data-found", true);
    const word = article.querySelector("[data-body] mark");
    const target = word ?? article;
    this.#leaveFor(() => target.scrollIntoView({ block: word ? "center" : "start", behavior: "instant" }));
  }

  #leaveFor(scroll) {
    this.#setFollowing(false);
    scroll();
    this.#note();
  }

  /** Change the messages, and keep those that the reader sees where they are in the window. `swap`: the ids of a message
      that the change takes away, and of the one that takes its place there. */
  hold(change, swap = null) {
    const first = (swap && this.#find(swap.from)) ?? (this.#isFollowing ? null : this.firstInView);
    const offset = first?.getBoundingClientRect().top;
    this.#content.toggleAttribute("data-held", true);
    change();
    const held = first?.isConnected ? first : swap && this.#find(swap.to);
    if (this.#isFollowing && !(swap && held)) this.toEnd();
    else if (first && held) this.#leaveFor(() => scrollTo(held, offset));
    if (swap && this.#isAtEnd) this.#setFollowing(true);
    requestAnimationFrame(() => this.#content.toggleAttribute("data-held", false));
  }

  #find(message) {
    return this.#content.querySelector(`[id="m-${message}"]`);
  }

  get #isAtEnd() {
    return topOfView() >= endOfView() - ROUNDING_PX;
  }

  stop() {
    this.#life.abort();
    this.#observer.disconnect();
  }

  #scrolled() {
    const top = topOfView();
    if (top <= Math.min(this.#top, endOfView()) - ROUNDING_PX) this.#leave();
    else if (top > this.#top && top >= this.#recentEnd - ROUNDING_PX) this.#setFollowing(true);
    if (!this.#isFollowing) this.#top = top;
    this.#showButton();
  }

  get #recentEnd() {
    return Math.min(endOfView(), ...this.#ends.map(([, end]) => end));
  }

  #leave() {
    this.#setFollowing(false);
    this.#ends = [];
  }

  // Text that is being selected must not move under the pointer.
  #dragged({ buttons, pointerType }) {
    if (!buttons || pointerType === "touch" || !this.#isFollowing) return;
    const selection = getSelection();
    const thread = this.#content.querySelector("[data-thread]");
    if (!selection.isCollapsed && thread.contains(selection.anchorNode)) this.#leave();
  }

  #clicked(target) {
    this.#opened = target.closest("summary, [data-wrap]");
  }

  #resized() {
    const opened = this.#opened;
    this.#opened = null;
    // The reader opens something to read it.
    if (opened && opened.getBoundingClientRect().top - this.#barHeight < endOfView() - topOfView()) this.#leave();
    if (this.#isFollowing) this.toEnd();
    else this.#note();
  }

  // The pixels of the window that the bar covers.
  get #barHeight() {
    return this.#content.querySelector(".bar").offsetHeight;
  }

  #note() {
    const now = performance.now();
    this.#top = topOfView();
    this.#ends = this.#ends.filter(([at]) => at > now - SCROLL_MS);
    this.#ends.push([now, endOfView()]);
    this.#showButton();
  }

  // The attribute turns off the browser's own scroll anchoring, which would look like the reader.
  #setFollowing(isFollowing) {
    this.#isFollowing = isFollowing;
    this.#content.toggleAttribute("data-following", isFollowing);
  }

  #showButton() {
    this.#newest.hidden = this.#isFollowing || endOfView() - topOfView() < NEAR_PX;
  }
}

// Scroll an element to a number of pixels below the top of the window.
function scrollTo(element, offset) {
  scrollBy({ top: element.getBoundingClientRect().top - offset, behavior: "instant" });
}

// The visual viewport is the visible part of a page that is zoomed by two fingers.
function topOfView() {
  return visualViewport?.pageTop ?? scrollY;
}

function endOfView() {
  return root.scrollHeight - (visualViewport?.height ?? root.clientHeight);
}
