"""The texts in a file: its own, or those of the members of a zip."""

import codecs
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chatsite.history.exchange import archives
from chatsite.history.exchange.errors import FileError

BEGINNING = 4


@dataclass(frozen=True, slots=True)
class TextFile:
    """One text. `name`: the member's name, empty where the file is not a zip. `read(size)` returns `size` characters,
    fewer only at the end, and raises FileError."""

    name: str
    read: Callable[[int], str]


def text_files(file: BinaryIO) -> Iterator[TextFile]:
    """Raises FileError."""
    beginning = file.read(BEGINNING)
    file.seek(0)
    if archives.is_zip(beginning):
        for member in archives.members(file):
            yield TextFile(member.name, Decoded(member.read).read)
    else:
        yield TextFile("", Decoded(file.read).read)


class Decoded:
    """Text of bytes in UTF-8, UTF-16 or UTF-32, as their beginning shows."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read_bytes = read
        self._decoder: codecs.IncrementalDecoder | None = None
        self._ended = False

    def read(self, size: int) -> str:
        pieces, length = [], 0
        while length < size and not self._ended:
            data = self._read_bytes(size - length)
            self._ended = not data
            pieces.append(self._decode(data))
            length += len(pieces[-1])
        return "".join(pieces)

    def _decode(self, data: bytes) -> str:
        if self._decoder is None:
            # Half a surrogate pair passes; it is repaired where texts are.
            self._decoder = codecs.getincrementaldecoder(json.detect_encoding(data))("surrogatepass")
        try:
            return self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            # The file ends within a character.
            if not data and error.reason in ("unexpected end of data", "truncated data"):
                return ""
            raise FileError("not_text") from None
