"""The wire protocol from a page's side: the commands that it sends, and the fields of a `reply.delta`.

docs/protocol.md describes them. Every client of the tests and benchmarks is made of this.
"""

from operator import itemgetter
from typing import Any, NamedTuple
from uuid import uuid4

Command = dict[str, Any]


def create(text: str, uuid: str = "", **options: Any) -> Command:
    """Send a message; the page makes its uuid."""
    return {"type": "message.create", "id": uuid or str(uuid4()), "text": text, **options}


def create_reply(parent: str, **options: Any) -> Command:
    """Answer a message again."""
    return {"type": "reply.create", "parent": parent, **options}


def continue_reply(message: str) -> Command:
    return {"type": "reply.continue", "message": message}


def stop(message: str) -> Command:
    return {"type": "reply.stop", "message": message}


def resume(message: str, offset: int = 0, blocks: int = 0, completion: int | None = None) -> Command:
    """Ask for what comes after this cursor."""
    at = {"offset": offset, "blocks": blocks, "completion": completion or 0}
    return {"type": "events.resume", "message": message, **at}


def acknowledge(message: str, offset: int, **pace: int) -> Command:
    """Say what is shown."""
    return {"type": "events.ack", "message": message, "offset": offset, **pace}


class Slice(NamedTuple):
    """What a `reply.delta` says: a piece of an answer's log, and its HTML."""

    message: str
    completion: int
    offset: int
    end: int
    text: str
    reasoning: str
    blocks: int
    settled: list[str]
    tail: str


_fields = itemgetter(*Slice._fields)


def slice_of(event: dict[str, Any]) -> Slice:
    return Slice._make(_fields(event))
