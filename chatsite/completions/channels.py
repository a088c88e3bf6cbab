"""gpt-oss's channels, from servers that send them raw:

<|channel|>analysis<|message|>A thought.<|end|><|start|>assistant<|channel|>final<|message|>The answer.<|return|>
"""

import re

_BEGINNINGS = ("<|channel|>", "<|start|>assistant")
_MARK = re.compile(r"<\|(start|channel|message|constrain|end|return|call)\|>")
_MAY_BEGIN_MARK = re.compile(r"<(?:\|[a-z]{0,9}\|?)?\Z")
_HEADER_WORDS = frozenset({"assistant", "analysis", "commentary", "final", "json"})
# Characters from a mark to the next <|message|>; more is not a header.
MAX_HEADER = 200


class ChannelSplitter:
    """Splits a text in channels, which comes in pieces, into (text, reasoning)."""

    __slots__ = ("_held", "_is_answer", "_is_plain", "_seen")

    def __init__(self) -> None:
        self._held = ""  # a header that has not ended, or what may begin a mark
        self._is_answer: bool | None = None  # of the message under way; None in a header
        self._is_plain = False  # no channels after all
        self._seen = [False, False]  # whether there was a thought, an answer

    @staticmethod
    def begins(start: str) -> bool:
        return start.startswith(_BEGINNINGS)

    @staticmethod
    def may_begin(start: str) -> bool:
        return any(beginning.startswith(start) for beginning in _BEGINNINGS)

    def split(self, piece: str) -> tuple[str, str]:
        """(text, reasoning) that this piece settles."""
        found = ["", ""]
        rest = self._held + piece
        self._held = ""
        while rest and not self._is_plain:
            rest = self._header(rest) if self._is_answer is None else self._message(rest, found)
        return found[1] + rest, found[0]

    def rest(self) -> tuple[str, str]:
        """Return what is still held back when the answer has ended, without an unfinished header."""
        held, self._held = self._held, ""
        if self._is_answer is None:
            words = _MARK.sub(" ", held).split()
            is_header = all(word in _HEADER_WORDS or word.startswith("to=") for word in words)
            return ("" if is_header else held, "")
        return (held, "") if self._is_answer else ("", held)

    def _header(self, text: str) -> str:
        """Read up to the message; the text after it."""
        header, mark, message = text.partition("<|message|>")
        if not mark and len(text) <= MAX_HEADER:
            self._held = text
            return ""
        if len(header) > MAX_HEADER:
            self._is_plain = self._is_answer = True
            return text
        channel = header.rpartition("<|channel|>")[2].strip()
        self._is_answer = not channel.startswith("analysis") and "to=" not in header
        return ("\n\n" if self._seen[self._is_answer] else "") + message

    def _message(self, text: str, found: list[str]) -> str:
        """Read up to the message's end; the text from there on."""
        mark = _MARK.search(text)
        said = text[: mark.start()] if mark else text
        if not mark and (begun := _MAY_BEGIN_MARK.search(said)):
            said, self._held = said[: begun.start()], begun.group()
        self._say(said, found)
        if mark is None:
            return ""
        self._is_answer = None
        return text[mark.start() :]

    def _say(self, said: str, found: list[str]) -> None:
        if said:
            found[bool(self._is_answer)] += said
            self._seen[bool(self._is_answer)] = True
