"""What a page may send: each frame checked and given as a value.

`message.create` (id, text; parent, model, prompt, params), `reply.create` (parent; model, prompt, params),
`reply.continue` and `reply.stop` (message), `events.resume` (message; offset and blocks that the page has, and of which
run: completion), `events.ack` (message, offset shown; pace: milliseconds between two frames that the
page can do with, 0 for at once), `conversation.check` (nothing).

An event stream takes the same cursors in its address: `at=<message>:<offset>:<blocks>:<completion>`, as often as
needed. `completion` is optional in both: without it, the cursor is taken for the newest run's.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from chatsite.conversations.errors import Refusal
from chatsite.conversations.options import Options
from chatsite.conversations.turns import Parent

NUMBERS = {"temperature", "top_p", "frequency_penalty", "presence_penalty"}
WHOLE_NUMBERS = {"max_tokens", "max_completion_tokens", "seed"}


class Cursor(NamedTuple):
    """Where a page is in a message: characters of a run's log, settled blocks, and the run's id.

    0 where it is not said."""

    offset: int = 0
    blocks: int = 0
    completion: int = 0

    def of(self, completion: int) -> "Cursor":
        """The cursor in this run: from the beginning where it counts another run's log."""
        return self if self.completion in (0, completion) else START

    @classmethod
    def parse(cls, place: str) -> tuple[UUID, "Cursor"]:
        """The message and cursor in an event stream's address. Raises Refusal."""
        try:
            message, *counts = place.split(":")
            return UUID(message), cls(*map(int, counts))
        except (TypeError, ValueError) as error:
            raise Refusal(
                "bad_frame", "A place is a message, an offset, a count of blocks and a run."
            ) from error


START = Cursor()


class Frame:
    """One frame from the page. Reading a field checks it; a bad one raises Refusal."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields
        self.type: str = fields["type"]

    @classmethod
    def parse(cls, text: str | None) -> "Frame":
        """The frame in a socket's text. Raises Refusal where it is not one."""
        if text is None:
            raise Refusal("bad_frame", "Frames are JSON text, not binary.")
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Refusal("bad_frame", "This frame is not JSON.") from error
        if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
            raise Refusal("bad_frame", "A frame is a JSON object with a type.")
        return cls(fields)

    @property
    def ref(self) -> str | None:
        """What an error about this frame refers to: its id, else the message that it names."""
        ref = self._fields.get("id") or self._fields.get("message") or self._fields.get("parent")
        return _clean(ref[:100]) if isinstance(ref, str) else None

    def uuid(self, name: str) -> UUID:
        """A required uuid."""
        try:
            return UUID(self._field(name, str))
        except ValueError as error:
            raise Refusal("bad_frame", f"The field “{name}” must be a uuid.") from error

    def parent(self) -> Parent:
        """The message to go behind; the conversation's head when it is not said."""
        if "parent" not in self._fields:
            return "head"
        return None if self._fields["parent"] is None else self.uuid("parent")

    def text(self, name: str) -> str:
        """A required text, without what databases and sockets cannot carry (NUL, half surrogate pairs)."""
        return _clean(self._field(name, str))

    def count(self, name: str) -> int:
        """A count of characters, blocks or milliseconds; 0 when it is not said."""
        value = self._fields.get(name, 0)
        if type(value) is not int or value < 0:
            raise Refusal("bad_frame", f"The field “{name}” must be a whole number, 0 or more.")
        return value

    def cursor(self) -> Cursor:
        """Where the page is in the message."""
        return Cursor(self.count("offset"), self.count("blocks"), self.count("completion"))

    def choice(self) -> Options:
        """Model, prompt and parameters, as far as the frame says them."""
        return Options(self._optional("model"), self._optional("prompt"), self._params())

    def _optional(self, name: str) -> str | None:
        return None if self._fields.get(name) is None else self.text(name)[:200]

    def _field(self, name: str, kind: type) -> Any:
        value = self._fields.get(name)
        if not isinstance(value, kind):
            raise Refusal("bad_frame", f"The field “{name}” is missing or not what it should be.")
        return value

    def _params(self) -> dict[str, Any] | None:
        if self._fields.get("params") is None:
            return None
        params: dict[str, Any] = self._field("params", dict)
        for name, value in params.items():
            if not _allowed(name)(value):
                raise Refusal(
                    "bad_params", f"The parameter “{_clean(name[:100])}” is not known, or its value is wrong."
                )
        return params


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _allowed(param: str) -> Callable[[Any], bool]:
    if param in NUMBERS:
        return lambda value: type(value) in (int, float) and abs(value) <= 100
    if param in WHOLE_NUMBERS:
        return lambda value: type(value) is int and 0 <= value < 2**53
    if param == "stop":
        return _is_stop
    if param == "reasoning_effort":
        return lambda value: value in ("minimal", "low", "medium", "high")
    return lambda value: False


def _is_stop(value: Any) -> bool:
    stops = value if isinstance(value, list) else [value]
    return len(stops) <= 16 and all(isinstance(stop, str) and 0 < len(stop) <= 200 for stop in stops)
