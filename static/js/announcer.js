/** Screen readers read each sentence that is put there. */

export function announce(sentence) {
  document.querySelector("[data-announcer]").textContent = sentence;
}
