"""Thoughts that a model writes into its text, between <think> and </think>, told apart from its answer."""

_OPEN = "<think>"
_CLOSE = "</think>"


class ThinkSplitter:
    """Splits a text that comes in pieces into (text, reasoning).

    Only a <think> that begins the answer counts (white space before it is allowed and dropped with the
    tag), so a tag that an answer talks about stays where it is. Nothing else is lost: an unclosed thought
    is reasoning.
    """

    __slots__ = ("_held", "_state")

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    @property
    def settled(self) -> bool:
        """True once the rest of the text can only be answer."""
        return self._state == "answer"

    @property
    def began(self) -> bool:
        """True once a <think> has begun the answer."""
        return self._state == "thought"

    def split(self, piece: str) -> tuple[str, str]:
        """(text, reasoning) that this piece settles; what may yet be part of a tag is held back."""
        if self._state == "answer":
            return piece, ""
        piece = self._held + piece
        self._held = ""
        return self._begin(piece) if self._state == "start" else self._think(piece)

    def rest(self) -> tuple[str, str]:
        """(text, reasoning) still held back when the answer has ended."""
        held, self._held = self._held, ""
        return ("", held) if self._state == "thought" else (held, "")

    def _begin(self, piece: str) -> tuple[str, str]:
        start = piece.lstrip()
        if start.startswith(_OPEN):
            self._state = "thought"
            return self._think(start[len(_OPEN) :])
        if _OPEN.startswith(start):
            self._held = piece
            return "", ""
        self._state = "answer"
        return piece, ""

    def _think(self, piece: str) -> tuple[str, str]:
        thought, closed, answer = piece.partition(_CLOSE)
        if closed:
            self._state = "answer"
            return answer, thought
        keep = _overlap(piece)
        self._held = piece[len(piece) - keep :]
        return "", piece[: len(piece) - keep]


def _overlap(piece: str) -> int:
    """How many characters at the end of the piece may begin the closing tag."""
    return next((n for n in range(min(len(_CLOSE) - 1, len(piece)), 0, -1) if piece.endswith(_CLOSE[:n])), 0)
