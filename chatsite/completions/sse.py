"""An incremental decoder of server-sent events that accepts what real servers send. It does no I/O.

Lines end with LF, CR or CRLF. Text is UTF-8, whatever the header says. One BOM is dropped.
Beyond the standard (https://html.spec.whatwg.org/multipage/server-sent-events.html): a data line that is a whole JSON
object is an event without a blank line (some servers send single newlines); a line of JSON without `data:` is an event;
a field `error:` is an event named error; the last event needs no blank line.
"""

import json
from typing import Any, NamedTuple

from chatsite.completions.errors import ProtocolError
from chatsite.completions.redaction import redacted

LARGEST_EVENT = 16 * 1024 * 1024
# Bytes that a line of an event takes in memory beside its text.
_LINE_OVERHEAD = 64
_BOM = b"\xef\xbb\xbf"
_BARE_TRIES = 32

DONE = "[DONE]"
# Some servers send raw line breaks and tabs inside JSON strings.
_scan = json.JSONDecoder(strict=False).raw_decode


class Event(NamedTuple):
    """One event. `value` is parsed JSON, DONE for the end mark, or a ProtocolError that the caller raises."""

    name: str
    value: Any


class SSEDecoder:
    """`feed(bytes)` returns the events that are now complete; `close()` returns the last ones."""

    __slots__ = (
        "_bare",
        "_bare_size",
        "_data",
        "_data_size",
        "_dead",
        "_head",
        "_name",
        "_tail",
        "_tail_size",
        "_tries",
        "_was_cr",
        "seen",
        "stray",
    )

    def __init__(self) -> None:
        self.seen = False  # whether any line of an event stream came, comments included
        self.stray = ""  # the first line that is not of an event stream
        self._head: bytes | None = b""  # the first bytes, until they can be checked for a BOM
        self._was_cr = False
        self._tail: list[bytes] = []  # the unfinished line
        self._tail_size = self._data_size = self._bare_size = 0  # bytes held, with the overhead of each line
        self._name = ""
        self._data: list[str] = []
        self._bare: list[str] = []
        self._tries = 0
        self._dead = False

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that these bytes complete, in order."""
        if self._dead:
            return []
        if self._head is not None:
            data = self._after_bom(data)
        if self._was_cr or b"\r" in data:
            data = self._with_plain_newlines(data)
        events: list[Event] = []
        if b"\n" not in data:
            self._hold(data, events)
            return events
        first, *lines = data.split(b"\n")
        self._tail.append(first)
        lines.insert(0, b"".join(self._tail))
        rest = lines.pop()
        self._tail.clear()
        self._tail_size = 0
        for line in lines:
            self._line(line, events)
        if self._dead:
            return events
        self._hold(rest, events)
        return events

    def close(self) -> list[Event]:
        """Return the events that the end of the body completes. An incomplete event is dropped."""
        events: list[Event] = []
        if self._dead:
            return events
        head, self._head = self._head, None
        last = (head or b"") + b"".join(self._tail)
        self._tail.clear()
        if last:
            self._line(last, events)
        if self._bare:
            self._try_bare(events)
        if self._data:
            self._blank(events, ended=True)
        return events

    def _after_bom(self, data: bytes) -> bytes:
        data = (self._head or b"") + data
        if len(data) < 3 and _BOM.startswith(data):
            self._head = data
            return b""
        self._head = None
        return data.removeprefix(_BOM)

    def _with_plain_newlines(self, data: bytes) -> bytes:
        if self._was_cr and data:
            self._was_cr = False
            data = data.removeprefix(b"\n")
        if data.endswith(b"\r"):
            self._was_cr = True
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _hold(self, data: bytes, events: list[Event]) -> None:
        if data:
            self._tail.append(data)
            self._tail_size += len(data)
            self._check_size(events)

    def _check_size(self, events: list[Event]) -> None:
        if self._tail_size + self._data_size + self._bare_size > LARGEST_EVENT and not self._dead:
            self._dead = True
            self._tail.clear()
            self._data.clear()
            self._bare.clear()
            sentence = "The model server sent a single event of more than 16 MiB."
            events.append(Event("", ProtocolError(sentence)))

    def _line(self, line: bytes, events: list[Event]) -> None:
        if self._dead:
            return
        if not line:
            if self._data or self._name:
                self._blank(events)
        elif line.startswith(b"data:"):
            self.seen = True
            self._data_line(line[6:] if line[5:6] == b" " else line[5:], events)
        else:
            self._other_line(line, events)

    def _data_line(self, raw: bytes, events: list[Event]) -> None:
        if self._bare:
            self._give_up_bare()
        text = raw.decode("utf-8", "replace")
        if self._data:
            self._keep_data(text, len(raw), events)
            return
        value = _object(text)
        if value is not None:
            events.append(Event(self._name, value))
            self._name = ""
        elif text.startswith(DONE):
            events.append(Event("", DONE))
        elif (start := text.lstrip()) and start[0] != ":":  # some proxies send their comments as data
            self._keep_data(text, len(raw), events)

    def _keep_data(self, text: str, size: int, events: list[Event]) -> None:
        self._data.append(text)
        self._data_size += size + _LINE_OVERHEAD
        self._check_size(events)

    def _other_line(self, line: bytes, events: list[Event]) -> None:
        field, _, value = line.partition(b":")
        if not field or field == b"data" or field in (b"id", b"retry"):
            self.seen = True
        elif field == b"event":
            self.seen = True
            self._name = value.decode("utf-8", "replace").strip()
        elif field == b"error" and not self._bare:
            self.seen = True
            text = value.decode("utf-8", "replace").strip()
            events.append(Event("error", _json(text, text)))
        else:
            self._bare_line(line, events)

    def _bare_line(self, line: bytes, events: list[Event]) -> None:
        text = line.decode("utf-8", "replace")
        start = text.lstrip()[:1]
        if not self._bare and start not in ("{", "["):
            self.stray = self.stray or text.strip()[:200]
            return
        self._bare.append(text)
        self._bare_size += len(line) + _LINE_OVERHEAD
        self._check_size(events)
        # An indented JSON document ends with a bracket in the first column. Parsing at every line would be quadratic.
        whole = len(self._bare) == 1 or line[:1] in (b"}", b"]")
        if whole and self._tries < _BARE_TRIES:
            self._tries += 1
            self._try_bare(events)

    def _try_bare(self, events: list[Event]) -> None:
        value = _json("\n".join(self._bare), None)
        if value is not None:
            self._bare.clear()
            self._bare_size = self._tries = 0
            events.append(Event(self._name, value))
            self._name = ""

    def _give_up_bare(self) -> None:
        self.stray = self.stray or self._bare[0].strip()[:200]
        self._bare.clear()
        self._bare_size = self._tries = 0

    def _blank(self, events: list[Event], ended: bool = False) -> None:
        text, name = "\n".join(self._data), self._name
        self._data.clear()
        self._data_size = 0
        self._name = ""
        if not text:
            return  # only fields without data
        value = _json(text, None)
        if value is not None or name == "error":
            events.append(Event(name, text if value is None else value))
        elif not ended and text.strip() != "null":
            events.append(Event(name, _no_completion(text)))


def _object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that is the whole text, or None. No proper prefix of an object is an object."""
    if not text.endswith("}"):
        text = text.rstrip()
        if not text.endswith("}"):
            return None
    value = _json(text, None)
    return value if isinstance(value, dict) else None


def _json(text: str, otherwise: Any) -> Any:
    try:
        value, end = _scan(text)
    except (ValueError, RecursionError):
        if not text[:1].isspace():
            return otherwise
        return _json(text.lstrip(), otherwise)
    return value if end == len(text) or text[end:].isspace() else otherwise


def _no_completion(text: str) -> ProtocolError:
    """Return an error whose `detail` has the received text; its sentence does not."""
    sentence = "The model server sent something else than a completion."
    return ProtocolError(sentence, detail=redacted(text, longest=200))
