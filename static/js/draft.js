/** What a person is writing in one conversation, or in a new one: a message, and changes of earlier messages. */

import { keep, keeper, kept, keptUnder, makePermanent, tab } from "./storage.js";

const KEEP_MS = 250;

/** Each tab keeps a draft of its own. The next tab takes over the draft of a closed one. It only shows the draft that
    another open tab has, or had when it crashed: that one is deleted when its text was sent from here. */
export class Draft {
  #person;
  #key;
  #timer;
  #text = "";
  #edits = {};
  #editing;
  #sent = "";
  #borrowed = null;

  constructor({ person, conversation, temporary }, isNew) {
    if (temporary === undefined) makePermanent(person, conversation);
    this.#person = keeper(person, temporary !== undefined);
    this.#key = this.#keyIn(isNew ? "new" : conversation);
    this.#restore(keptUnder(`draft ${this.#person} ${isNew ? "new" : conversation}`));
  }

  #keyIn(conversation) {
    return `draft ${this.#person} ${conversation} ${tab()}`;
  }

  #restore(drafts) {
    const draft = drafts.find(({ key }) => key === this.#key) ?? drafts.at(-1);
    if (!draft) return;
    const { key, text, edits = {}, editing, isLeft } = draft;
    [this.#text, this.#edits, this.#editing, this.#borrowed] = [text, edits, editing, key];
    if (!isLeft) return;
    this.keep();
    if (key !== this.#key) keep(key, null);
  }

  /** The text of the field. */
  get text() {
    return this.#edits[this.#editing]?.text ?? this.#text;
  }

  get isEdit() {
    return this.#editing !== undefined;
  }

  /** The message that an edited one follows, null at the beginning; undefined for a new message. */
  get parent() {
    return this.#edits[this.#editing]?.parent;
  }

  write(text) {
    if (this.isEdit) this.#edits[this.#editing].text = text;
    else this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), KEEP_MS);
  }

  /** Change a message. The new message and changes of other messages wait meanwhile. */
  edit(message, text, parent) {
    this.#editing = message;
    this.#edits[message] ??= { text, parent };
    this.keep();
  }

  /** Leave the message as it was. */
  endEdit() {
    delete this.#edits[this.#editing];
    this.#editing = undefined;
    this.keep();
  }

  /** The text of the field was sent. */
  sent() {
    this.#sent += `\n${this.text}`;
    if (!this.isEdit) this.#text = "";
    this.endEdit();
    this.#deleteBorrowed();
  }

  #deleteBorrowed() {
    const { text, edits = {} } = kept(this.#borrowed) ?? {};
    const isSent = [text, ...textsOf(edits)].every((each) => this.#sent.includes(each));
    if (text !== undefined && isSent && this.#borrowed !== this.#key) keep(this.#borrowed, null);
  }

  /** A message was refused. Its text goes before what was written since. */
  giveBack(text, parent) {
    if (parent === undefined) this.#text = joined(text, this.#text);
    else this.edit(`after ${parent}`, text, parent);
    this.keep();
  }

  /** Keep the draft in the browser. `isLeft`: this page is being closed. */
  keep(isLeft = false) {
    clearTimeout(this.#timer);
    const isEmpty = !this.#text && !this.isEdit && !Object.keys(this.#edits).length;
    keep(this.#key, isEmpty ? null : { text: this.#text, edits: this.#edits, editing: this.#editing, isLeft });
  }

  /** The new conversation exists. What was written since belongs to it. */
  begun(conversation) {
    this.#move(conversation);
  }

  /** The conversation was deleted. All of the draft belongs to a new one. */
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
