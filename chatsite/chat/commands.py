"""The commands that a page sends. `parse` turns a command's text into one of these values, with every field checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from chatsite.chat.cursors import Cursor
from chatsite.chat.fields import Fields
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import MAX_TEMPORARY, TEMPORARY_GRACE
from chatsite.conversations.options import Options
from chatsite.conversations.turns import Parent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command:
    """`ref`: what an error about the command refers to, as the page named it."""

    ref: str | None = None


@dataclass(frozen=True, slots=True)
class CreateMessage(_Command):
    """Save a message of the person after `parent`, and answer it. The page makes the message's uuid.

    lifetime: makes a new conversation temporary; this is how long it stays without an open page.
    """

    message: UUID
    text: str
    parent: Parent = "head"
    options: Options = Options()
    lifetime: timedelta | None = None


@dataclass(frozen=True, slots=True)
class CreateReply(_Command):
    """Answer a person's message again."""

    parent: UUID
    options: Options


@dataclass(frozen=True, slots=True)
class ContinueReply(_Command):
    """Continue an answer that ended before its end."""

    message: UUID


@dataclass(frozen=True, slots=True)
class StopReply(_Command):
    """Stop an answer that is being written."""

    message: UUID


@dataclass(frozen=True, slots=True)
class Resume(_Command):
    """Send an answer from this cursor on."""

    message: UUID
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The page has shown an answer up to `offset`, and wants `pace` milliseconds between two events of it.

    Has no ref: one comes for each delta, and none can fail once it is parsed.
    """

    ref: ClassVar[None] = None
    message: UUID
    offset: int
    pace: int


@dataclass(frozen=True, slots=True)
class Check(_Command):
    """Say whether the page is still connected and up to date."""


@dataclass(frozen=True, slots=True)
class Watch(_Command):
    """Note whether the person sees the page now."""

    is_seen: bool


Command = CreateMessage | CreateReply | ContinueReply | StopReply | Resume | Acknowledge | Check | Watch


def parse(text: str | None) -> Command:
    """Return the command in a JSON text (None: the message was binary). Raises Refusal, with the command's ref."""
    return read(Fields.parse(text))


def read(fields: Fields) -> Command:
    """Return the command in these fields. Raises Refusal, with the command's ref."""
    try:
        return READERS.get(fields.type, _refuse)(fields)
    except Refusal as refusal:
        refusal.ref = fields.ref
        raise


def read_form(form: Mapping[str, str]) -> CreateMessage:
    """Return the command in a form, which has no uuid. Raises Refusal."""
    said = {name: form[name] for name in ("text", "model", "prompt", "folder") if name in form}
    fields = Fields({"type": "message.create", "text": "", **said})
    # A page without JavaScript is never known to be open.
    lifetime = MAX_TEMPORARY if form.get("temporary") else None
    text = fields.text("text").replace("\r\n", "\n")
    return CreateMessage(uuid4(), text, options=fields.options(), lifetime=lifetime)


def _refuse(fields: Fields) -> Command:
    raise Refusal("unknown_type", "This type of command is unknown.")


def _create_message(fields: Fields) -> CreateMessage:
    message, text = fields.uuid("id"), fields.text("text")
    lifetime = TEMPORARY_GRACE if fields.flag("temporary") else None
    return CreateMessage(message, text, fields.parent(), fields.options(), lifetime, ref=fields.ref)


def _create_reply(fields: Fields) -> CreateReply:
    return CreateReply(fields.uuid("parent"), fields.options(), ref=fields.ref)


def _continue_reply(fields: Fields) -> ContinueReply:
    return ContinueReply(fields.uuid("message"), ref=fields.ref)


def _stop_reply(fields: Fields) -> StopReply:
    return StopReply(fields.uuid("message"), ref=fields.ref)


def _resume(fields: Fields) -> Resume:
    return Resume(fields.uuid("message"), fields.cursor(), ref=fields.ref)


def _acknowledge(fields: Fields) -> Acknowledge:
    return Acknowledge(fields.uuid("message"), fields.count("offset"), fields.count("pace"))


def _check(fields: Fields) -> Check:
    return Check()


def _watch(fields: Fields) -> Command:
    return Watch(fields.flag("visible"))


READERS: dict[str, Callable[[Fields], Command]] = {
    "message.create": _create_message,
    "reply.create": _create_reply,
    "reply.continue": _continue_reply,
    "reply.stop": _stop_reply,
    "events.resume": _resume,
    "events.ack": _acknowledge,
    "conversation.check": _check,
    "conversation.watch": _watch,
    "person.check": _check,
}
