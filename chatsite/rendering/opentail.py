"""The open block's HTML, and the short way to let it grow by plain words.

Most deltas of an answer are words without any mark. Put after a word at the end of a paragraph they cannot change how
Markdown reads what is there, so they go straight into the HTML. They need no escaping and no sanitiser: the pattern
lets only letters, digits, spaces and punctuation through that mean nothing in HTML. The next delta with a mark has the
block parsed again, so nothing can drift.
"""

import re

_PLAIN = re.compile(r"(?:[^\W_]|[ ,;.:()'\"?\u2019-])+")
_AFTER_WORD = re.compile(r"(?:^|[\s(])[^\W_]{1,40}[,;.?]?\Z")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ENDS = re.compile(r"[^>](?:</(?:p|li|ul|ol|blockquote|h3|h4|h5|h6)>)+\Z")
_LOOK_BACK = 80


class OpenTail:
    """HTML that was rendered from a text with the last line `line` (empty when the HTML may not be extended)."""

    def __init__(self, html: str, line: str) -> None:
        self.html = html
        ends = _ENDS.search(html, max(0, len(html) - 2 * _LOOK_BACK)) if _LETTERS.search(line) else None
        self._place = ends.start() + 1 if ends else 0
        self._line = line[-_LOOK_BACK:]

    def extend(self, new: str) -> bool:
        """Put words in at the end, if the words and the end allow it."""
        if not self._place or not _PLAIN.fullmatch(new) or "www" in new:
            return False
        words = self._line.rstrip(" ")
        if not _AFTER_WORD.search(words) or words.endswith("www."):
            return False
        shown = (self._line[len(words) :] + new).rstrip(" ")
        self.html = f"{self.html[: self._place]}{shown}{self.html[self._place :]}"
        self._place += len(shown)
        self._line = (self._line + new)[-_LOOK_BACK:]
        return True

    def freeze(self) -> None:
        """The text went on without this HTML."""
        self._place = 0
