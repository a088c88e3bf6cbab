"""A cursor: how much of an answer a page has."""

from typing import NamedTuple
from uuid import UUID

from chatsite.conversations.errors import Refusal


class Cursor(NamedTuple):
    """Characters of a run's log, settled blocks, and the run's completion id. A part that is missing is 0."""

    offset: int = 0
    blocks: int = 0
    completion: int = 0

    def of(self, completion: int) -> "Cursor":
        """Return the cursor in this run: its beginning where the cursor counts another run's log."""
        return self if self.completion in (0, completion) else START

    @classmethod
    def parse(cls, text: str) -> tuple[UUID, "Cursor"]:
        """Return the message and the cursor in an event stream's address. Raises Refusal."""
        try:
            message, *counts = text.split(":")
            return UUID(message), cls(*map(int, counts))
        except (TypeError, ValueError) as error:
            raise Refusal(
                "bad_frame", "A cursor is a message, an offset, a count of blocks and a run."
            ) from error


START = Cursor()
