"""Text that any database and socket can hold: surrogate pairs joined, strays and NUL become U+FFFD."""

import re

_ODD = re.compile("[\0\ud800-\udfff]")
REPLACEMENT = "\ufffd"


class SurrogateJoiner:
    """Mends a text that comes in pieces: half a pair at the end of one piece waits for the next."""

    __slots__ = ("_half",)

    def __init__(self) -> None:
        self._half = ""

    def mend(self, piece: str) -> str:
        """The piece, with its surrogates joined; possibly empty when all of it has to wait."""
        if not self._half and _ODD.search(piece) is None:
            return piece
        piece = self._half + piece
        self._half = piece[-1:] if "\ud800" <= piece[-1:] <= "\udbff" else ""
        return mended(piece[:-1] if self._half else piece)

    def rest(self) -> str:
        """What still waits when the text has ended: U+FFFD for half a pair, else nothing."""
        half, self._half = self._half, ""
        return half and REPLACEMENT


def mended(text: str) -> str:
    """The text with pairs joined; what has no partner, and NUL, becomes U+FFFD."""
    if _ODD.search(text) is None:
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", REPLACEMENT)
