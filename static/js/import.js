/** The pages of imports. <file-upload>: takes a dropped file and shows a progress bar. <import-progress>: is kept current. */

import "./person-events.js";
import "./sidebar.js";
import { announce } from "./announcer.js";
import { parse } from "./html.js";
import { morph } from "./morph.js";

const POLL_SECONDS = 1;

class FileUpload extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.querySelector("[data-hint]").hidden = false;
    this.form.addEventListener("submit", (event) => this.#submit(event));
    for (const type of ["dragenter", "dragover"]) this.form.addEventListener(type, (event) => this.#over(event));
    for (const type of ["dragleave", "drop"]) this.form.addEventListener(type, () => delete this.form.dataset.over);
    this.form.addEventListener("drop", (event) => this.#drop(event));
  }

  #over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.form.dataset.over = "";
  }

  #drop(event) {
    event.preventDefault();
    this.form.elements.file.files = event.dataTransfer.files;
  }

  #submit(event) {
    const [file] = this.form.elements.file.files;
    event.preventDefault();
    if (file.size > Number(this.dataset.max)) return this.#refuse(this.dataset.tooLarge);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (sent) => this.#show(sent));
    request.addEventListener("load", () => this.#loaded(request));
    request.addEventListener("error", () => this.#refuse("The upload broke off. Try it again."));
    const form = new FormData(this.form);
    request.open("POST", this.form.action);
    request.send(form);
    this.form.querySelector("button").disabled = true;
    announce("Uploading");
  }

  #show({ loaded, total }) {
    const progress = this.querySelector("progress");
    progress.parentElement.hidden = false;
    progress.value = (100 * loaded) / total;
    const isSent = loaded === total;
    this.querySelector("[data-said]").textContent = isSent ? "It has been sent." : `${Math.floor(progress.value)} %`;
  }

  #loaded(request) {
    if (request.status < 400) return location.assign(request.responseURL);
    const said = request.getResponseHeader("Content-Type").startsWith("text/plain") ? request.responseText : "";
    const refused = parse(request.responseText).querySelector?.("main .refused:not([data-refused])")?.textContent;
    this.#refuse(said || refused || "The file was not accepted. Load the page again and try it once more.");
  }

  #refuse(sentence) {
    const refused = this.querySelector("[data-refused]");
    refused.textContent = sentence;
    refused.hidden = false;
    this.querySelector("[data-progress]").hidden = true;
    this.form.querySelector("button").disabled = false;
  }
}

class ImportProgress extends HTMLElement {
  connectedCallback() {
    if ("open" in this.dataset) this.timer = setTimeout(() => this.#poll(), POLL_SECONDS * 1000);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async #poll() {
    const fresh = await this.#ask();
    if (fresh && !("open" in fresh.dataset)) return location.reload();
    if (fresh) morph(this, fresh);
    this.timer = setTimeout(() => this.#poll(), POLL_SECONDS * 1000);
  }

  async #ask() {
    try {
      const response = await fetch(location.href);
      return response.ok ? parse(await response.text()).querySelector("import-progress") : null;
    } catch {
      return null;
    }
  }
}

customElements.define("file-upload", FileUpload);
customElements.define("import-progress", ImportProgress);
