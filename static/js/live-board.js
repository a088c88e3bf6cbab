// The table of running answers, as the server sends it. Focus stays on the button of the same answer.

class LiveBoard extends HTMLElement {
  connectedCallback() {
    this.source = new EventSource(this.dataset.url);
    this.source.onmessage = (event) => this.show(event.data);
  }

  disconnectedCallback() {
    this.source.close();
  }

  show(html) {
    const focused = this.contains(document.activeElement) && document.activeElement.closest("[data-answer]");
    this.innerHTML = html;
    if (focused) this.querySelector(`[data-answer="${focused.dataset.answer}"] button`)?.focus();
  }
}

customElements.define("live-board", LiveBoard);
