"""The fields of a command, read one by one. Reading a field checks it; a bad one raises Refusal."""

import json
from typing import Any
from uuid import UUID

from chatsite.chat.cursors import Cursor
from chatsite.conversations.errors import Refusal
from chatsite.conversations.options import Options
from chatsite.conversations.params import is_allowed
from chatsite.conversations.texts import storable
from chatsite.conversations.turns import Parent

MAX_NAME_CHARACTERS = 200
MAX_REF_CHARACTERS = 100


class Fields:
    """The fields of one command. `type` says which command it is."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self.type: str = values["type"]

    @classmethod
    def parse(cls, text: str | None) -> "Fields":
        """Return the fields in a JSON text. Raises Refusal where it holds no command."""
        if text is None:
            raise Refusal("bad_frame", "Commands are JSON text, not binary.")
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Refusal("bad_frame", "This command is not JSON.") from error
        if not isinstance(values, dict) or not isinstance(values.get("type"), str):
            raise Refusal("bad_frame", "A command is a JSON object with a type.")
        return cls(values)

    @property
    def ref(self) -> str | None:
        """What an error about this command refers to: its id, else the message that it names."""
        ref = self._values.get("id") or self._values.get("message") or self._values.get("parent")
        return storable(ref[:MAX_REF_CHARACTERS]) if isinstance(ref, str) else None

    def uuid(self, name: str) -> UUID:
        """Return a required uuid."""
        try:
            return UUID(self._required(name, str))
        except ValueError as error:
            raise Refusal("bad_frame", f"The field “{name}” must be a uuid.") from error

    def text(self, name: str) -> str:
        """Return a required text, without what databases and sockets cannot carry (NUL, half surrogate pairs)."""
        return storable(self._required(name, str))

    def count(self, name: str) -> int:
        """Return a count of characters, blocks or milliseconds; 0 when the field is missing."""
        value = self._values.get(name, 0)
        if type(value) is not int or value < 0:
            raise Refusal("bad_frame", f"The field “{name}” must be a whole number, 0 or more.")
        return value

    def flag(self, name: str) -> bool:
        """Return whether a field is true; False when it is missing."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise Refusal("bad_frame", f"The field “{name}” must be true or false.")
        return value

    def parent(self) -> Parent:
        """Return the message to follow; the conversation's head when the field is missing."""
        if "parent" not in self._values:
            return "head"
        return None if self._values["parent"] is None else self.uuid("parent")

    def cursor(self) -> Cursor:
        """Return the page's cursor in the message."""
        return Cursor(self.count("offset"), self.count("blocks"), self.count("completion"))

    def options(self) -> Options:
        """Return the model, the prompt, the parameters and the folder; None for each that is missing."""
        folder = self.uuid("folder") if self._values.get("folder") else None
        return Options(self._name("model"), self._name("prompt"), self._params(), folder)

    def _name(self, name: str) -> str | None:
        return None if self._values.get(name) is None else self.text(name)[:MAX_NAME_CHARACTERS]

    def _required(self, name: str, kind: type) -> Any:
        value = self._values.get(name)
        if not isinstance(value, kind):
            raise Refusal("bad_frame", f"The field “{name}” is missing or has the wrong type.")
        return value

    def _params(self) -> dict[str, Any] | None:
        if self._values.get("params") is None:
            return None
        params: dict[str, Any] = self._required("params", dict)
        for name, value in params.items():
            if not is_allowed(name, value):
                sentence = f"The parameter “{storable(name[:100])}” is unknown, or its value is wrong."
                raise Refusal("bad_params", sentence)
        return params
