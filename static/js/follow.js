/** Keeps the newest words in view until the reader goes up, and again from the moment they are back at the end.

    Whatever the reader scrolls with: the page goes up although its end has not come nearer. Nothing else does that. */

// Pixels below the window that need no button to lead to them.
const NEAR = 80;
// Sizes are rounded, so the end may be this far from where it is reckoned to be.
const ROUNDING = 1;
// Pixels of the window that the bar covers.
const BAR = 52;
// A scroll takes so long (in ms). The end grows meanwhile, and where it was is as good.
const SCROLL_TIME = 500;
const { documentElement: root } = document;

export class Follow {
  #content;
  #newest;
  #observer;
  #life = new AbortController();
  #isFollowing = true;
  #top = 0;
  #ends = [];
  #opened = null;

  /** `newest`: the button that leads back to the end. */
  constructor(content, newest) {
    this.#content = content;
    this.#newest = newest;
    const { signal } = this.#life;
    for (const view of [window, visualViewport ?? []]) {
      view.addEventListener?.("scroll", () => this.#scrolled(), { signal, passive: true });
      view.addEventListener?.("resize", () => this.#resized(), { signal });
    }
    content.addEventListener("pointermove", (event) => this.#dragged(event), { signal, passive: true });
    content.addEventListener("click", ({ target }) => (this.#opened = target.closest("summary, [data-wrap]")), { signal });
    newest.addEventListener("click", () => this.toEnd(), { signal });
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(content);
  }

  /** Where the reader is, in pixels from the top; null while they follow. */
  get top() {
    return this.#isFollowing ? null : scrollY;
  }

  toEnd() {
    this.#setFollowing(true);
    // Where nothing was said yet, a low window shows the greeting and the field.
    if (!this.#content.hasAttribute("data-empty")) scrollTo({ top: root.scrollHeight, behavior: "instant" });
    this.#note();
  }

  /** Go where the reader was, as `top` has told it. */
  restore(top) {
    if (top === null) return void this.toEnd();
    scrollTo({ top, behavior: "instant" });
    this.#setFollowing(false);
    this.#note();
  }

  stop() {
    this.#life.abort();
    this.#observer.disconnect();
  }

  #scrolled() {
    const top = topOfView();
    if (top <= Math.min(this.#top, endOfView()) - ROUNDING) this.#leave();
    else if (top > this.#top && top >= this.#endOfLate - ROUNDING) this.#setFollowing(true);
    if (!this.#isFollowing) this.#top = top;
    this.#showButton();
  }

  get #endOfLate() {
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
    if (!selection.isCollapsed && this.#content.querySelector("[data-thread]").contains(selection.anchorNode)) this.#leave();
  }

  #resized() {
    const opened = this.#opened;
    this.#opened = null;
    // Whoever opens something is about to read it.
    if (opened && opened.getBoundingClientRect().top - BAR < endOfView() - topOfView()) this.#leave();
    if (this.#isFollowing) this.toEnd();
    else this.#note();
  }

  #note() {
    const now = performance.now();
    this.#top = topOfView();
    this.#ends = this.#ends.filter(([at]) => at > now - SCROLL_TIME);
    this.#ends.push([now, endOfView()]);
    this.#showButton();
  }

  // The browser keeps what is read in its place, too, which would look like the reader.
  #setFollowing(isSo) {
    this.#isFollowing = isSo;
    this.#content.toggleAttribute("data-following", isSo);
  }

  #showButton() {
    this.#newest.hidden = this.#isFollowing || endOfView() - topOfView() < NEAR;
  }
}

// Those of the part that is seen of a page zoomed by two fingers.
function topOfView() {
  return visualViewport?.pageTop ?? scrollY;
}

function endOfView() {
  return root.scrollHeight - (visualViewport?.height ?? root.clientHeight);
}
