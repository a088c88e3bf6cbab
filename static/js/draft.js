/** What is being written in one conversation, or for a new one: a message, and earlier ones that are being changed. */

import { all, keep, kept, tab } from "./unsent.js";

const KEEP_AFTER = 250;

/** Each tab keeps its own, so that a second one takes nothing from it. What a closed tab has left the next one takes over;
    what another one still has, or had when it crashed, is shown and stays as it is until it is sent. */
export class Draft {
  #person;
  #key;
  #timer;
  #text = "";
  #edits = {};
  #editing;
  #sent = "";
  #borrowed = null;

  constructor({ person, conversation }, isNew) {
    this.#person = person;
    this.#key = this.#keyIn(isNew ? "new" : conversation);
    this.#begin(all(`draft ${person} ${isNew ? "new" : conversation}`));
  }

  #keyIn(conversation) {
    return `draft ${this.#person} ${conversation} ${tab()}`;
  }

  #begin(drafts) {
    const draft = drafts.find(({ key }) => key === this.#key) ?? drafts.at(-1);
    if (!draft) return;
    const { key, text, edits = {}, editing, isLeft } = draft;
    [this.#text, this.#edits, this.#editing, this.#borrowed] = [text, edits, editing, key];
    if (!isLeft) return;
    this.keep();
    if (key !== this.#key) keep(key, null);
  }

  /** What is to stand in the field. */
  get text() {
    return this.#edits[this.#editing]?.text ?? this.#text;
  }

  get isEdit() {
    return this.#editing !== undefined;
  }

  /** The message that a changed one follows, null at the beginning; undefined for a new one. */
  get parent() {
    return this.#edits[this.#editing]?.parent;
  }

  write(text) {
    if (this.isEdit) this.#edits[this.#editing].text = text;
    else this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), KEEP_AFTER);
  }

  /** Change a message; what has been written waits, and so does what has been changed in others. */
  edit(message, text, parent) {
    this.#editing = message;
    this.#edits[message] ??= { text, parent };
    this.keep();
  }

  /** Leave the change of a message, which is dropped. */
  endEdit() {
    delete this.#edits[this.#editing];
    this.#editing = undefined;
    this.keep();
  }

  /** What stands in the field was sent. */
  sent() {
    this.#sent += `\n${this.text}`;
    if (!this.isEdit) this.#text = "";
    this.endEdit();
    this.#returnBorrowed();
  }

  #returnBorrowed() {
    const { text, edits = {} } = kept(this.#borrowed) ?? {};
    const isSent = [text, ...textsOf(edits)].every((each) => this.#sent.includes(each));
    if (text !== undefined && isSent && this.#borrowed !== this.#key) keep(this.#borrowed, null);
  }

  /** A message was refused: it comes before what has been written since. */
  giveBack(text, parent) {
    if (parent === undefined) this.#text = joined(text, this.#text);
    else this.edit(`after ${parent}`, text, parent);
    this.keep();
  }

  /** Keep it in the browser. `isLeft`: this page is closed. */
  keep(isLeft = false) {
    clearTimeout(this.#timer);
    const isEmpty = !this.#text && !this.isEdit && !Object.keys(this.#edits).length;
    keep(this.#key, isEmpty ? null : { text: this.#text, edits: this.#edits, editing: this.#editing, isLeft });
  }

  /** The new conversation is there: what has been typed since it was sent belongs to it. */
  begun(conversation) {
    this.#move(conversation);
  }

  /** The conversation was deleted: all of it is for a new one. */
  orphan() {
    this.#text = joined(this.#text, ...textsOf(this.#edits));
    this.#edits = {};
    this.#editing = undefined;
    this.#move("new");
  }

  #move(conversation) {
    const earlier = this.#key;
    this.#key = this.#keyIn(conversation);
    this.keep();
    keep(earlier, null);
  }
}

function textsOf(edits) {
  return Object.values(edits).map(({ text }) => text);
}

function joined(...texts) {
  return texts.filter(Boolean).join("\n\n");
}
