/* Notes in a page what the benchmark asks about it. Times are of performance.now(), in ms. */
(() => {
  const watch = (window.watch = { usable: null, enter: null, changed: null, shown: null, paints: [], tasks: [], shifts: [] });
  const FRAME = 1000 / 60;

  // The last frame that has come, and the open block's HTML in it and in the last one that was painted.
  let frame = "";
  let open = "";
  let painted = "";
  let answered = null;

  // A change of the page shows all that has come. A frame that adds nothing to be seen, such as the half of a mark,
  // changes nothing, and is on the screen when it comes.
  window.WebSocket = class extends WebSocket {
    constructor(...where) {
      super(...where);
      this.addEventListener("message", ({ data }) => {
        frame = data;
        open = data.slice(data.lastIndexOf('"tail":'));
        if (data.startsWith('{"type":"reply.finished"')) answered?.resolve();
        if (watch.changed && open === painted && data.includes('"settled":[],')) watch.paints.push([performance.now(), head()]);
      });
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

  const head = () => frame.slice(0, 250);
  const handed = new MessageChannel();
  handed.port1.onmessage = ({ data: [seen, head] }) => watch.paints.push([Math.max(seen, performance.now()), head]);

  const answer = () => document.querySelector("[data-thread]").lastElementChild;
  const hasWords = () => answer()?.querySelector(':scope > .prose')?.textContent.trim();

  function note() {
    if (!watch.changed && !hasWords()) return;
    watch.changed ??= performance.now();
    if (!watch.shown) markFirst();
    painted = open;
    // The page changes at the beginning of a frame of the screen. That one is seen when the next one begins, and not
    // before it was handed on, as the next task finds it. (To ask for the next frame would have the page make one more.)
    handed.port2.postMessage([performance.now() + FRAME, head()]);
  }

  // Again with each change: an end that comes before the first words are painted takes the mark away.
  function markFirst() {
    answer().querySelector(":scope > .prose > *")?.setAttribute("elementtiming", "first words");
  }

  const growing = new MutationObserver(note);

  /** Resolves when the next answer has ended. To ask the page for it again and again would take of what is measured. */
  watch.answered = (within) => {
    setTimeout(answered.reject, within, new Error("The answer has not ended."));
    return answered.promise;
  };

  /** Note what the next answer does to the page. */
  watch.begin = () => {
    Object.assign(watch, { enter: null, changed: null, shown: null, paints: [], tasks: [], shifts: [] });
    answered = Promise.withResolvers();
    growing.observe(document.querySelector("[data-thread]"), { subtree: true, childList: true, characterData: true });
  };

  // A node that is no longer there was one of the answer's: nothing else is taken away while it grows.
  const isOutside = ({ node }) => node && !answer()?.contains(node);

  const look = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  look("element", ({ renderTime }) => (watch.shown = renderTime));
  look("longtask", ({ duration }) => watch.tasks.push(duration));
  look("layout-shift", ({ value, hadRecentInput, sources }) => hadRecentInput || (sources.some(isOutside) && watch.shifts.push(value)));
})();
