/** The pages of links. <copy-link>: a link with a button that copies it. */

import "./person-events.js";
import "./sidebar.js";
import { announce } from "./announcer.js";
import { writeClipboard } from "./clipboard.js";

const SHOWN_MS = 1500;

class CopyLink extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.#copy());
    this.querySelector("input").addEventListener("focus", ({ target }) => target.select());
  }

  async #copy() {
    const isCopied = await writeClipboard(this.querySelector("input").value).then(() => true, () => false);
    this.button.textContent = isCopied ? "Copied" : "Not copied";
    announce(this.button.textContent);
    setTimeout(() => (this.button.textContent = "Copy"), SHOWN_MS);
  }
}

customElements.define("copy-link", CopyLink);
