/** Speaks a sentence to screen readers. */

export function announce(sentence) {
  document.querySelector("[data-announcer]").textContent = sentence;
}
