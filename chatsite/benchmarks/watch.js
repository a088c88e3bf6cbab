/* Notes in a page what the benchmark asks about it. Times are of performance.now(), in ms. */
(() => {
  const watch = (window.watch = { usable: null, enter: null, changed: null, handed: null, shown: null, paints: [], tasks: [], shifts: [] });
  let frame = "";

  // The last frame that has come is what a change of the page shows: each change shows all that has come.
  window.WebSocket = class extends WebSocket {
    constructor(...where) {
      super(...where);
      this.addEventListener("message", ({ data }) => (frame = data));
    }
  };

  // Somebody can type, and what they send goes out.
  const opening = new MutationObserver(() => {
    if (!document.querySelector("connection-status[data-connected]")) return;
    if (!document.activeElement?.matches("chat-composer textarea")) return;
    watch.usable = performance.now();
    opening.disconnect();
  });
  opening.observe(document, { subtree: true, childList: true, attributeFilter: ["data-connected"] });

  addEventListener("keydown", (event) => event.key === "Enter" && (watch.enter = event.timeStamp), { capture: true });

  const answer = () => document.querySelector("[data-thread]").lastElementChild;
  const hasWords = () => answer()?.querySelector(':scope > .prose')?.textContent.trim();

  function note() {
    if (!watch.changed && !hasWords()) return;
    if (!watch.changed) noteFirst();
    // The page changes within a frame of the screen. When the next one begins, that one has been painted.
    const head = frame.slice(0, 250);
    requestAnimationFrame(() => watch.paints.push([performance.now(), head]));
  }

  function noteFirst() {
    watch.changed = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (watch.handed = performance.now());
    port2.postMessage(null);
    requestAnimationFrame(() => (watch.shown = performance.now()));
  }

  const growing = new MutationObserver(note);

  /** Note what the next answer does to the page. */
  watch.begin = () => {
    Object.assign(watch, { enter: null, changed: null, handed: null, shown: null, paints: [], tasks: [], shifts: [] });
    growing.observe(document.querySelector("[data-thread]"), { subtree: true, childList: true, characterData: true });
  };

  // A node that is no longer there was one of the answer's: nothing else is taken away while it grows.
  const isOutside = ({ node }) => node && !answer()?.contains(node);

  const look = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  look("longtask", ({ duration }) => watch.tasks.push(duration));
  look("layout-shift", ({ value, hadRecentInput, sources }) => hadRecentInput || (sources.some(isOutside) && watch.shifts.push(value)));
})();
