"""Slices: what followers get of a transcript, one after the other."""

from dataclasses import dataclass

from chatsite.conversations.thoughts import Shown


@dataclass(slots=True)
class Slice:
    """What is new since a cursor: the log from `offset` to `end`, and the HTML that it changed.

    Offsets count characters of the log, text and reasoning alike; `blocks` counts the settled blocks before.
    """

    offset: int
    end: int
    text: str
    reasoning: str
    blocks: int
    settled: list[str]
    tail: str
    # The event with it, kept by the first follower that encodes it: followers at the same cursor share the slice.
    encoded: str = ""


def first_characters(pieces: list[Shown], size: int) -> list[Shown]:
    """Return the first `size` characters of the pieces."""
    first: list[Shown] = []
    for kind, piece in pieces:
        if size <= 0:
            break
        first.append((kind, piece[:size]))
        size -= len(piece)
    return first
