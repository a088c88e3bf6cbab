"""The open block's HTML, and the short way to let it grow by plain words.

Most deltas of an answer are words without any mark. Put after a word at the end of a paragraph they cannot change how
Markdown reads what is there, so they go straight into the HTML. They need no escaping and no sanitiser: the pattern
lets only letters, digits, spaces and punctuation through that mean nothing in HTML. In a code block anything goes in,
escaped, until its line ends. The next delta of another kind has the block parsed again, so nothing can drift.
"""

import re

from chatsite.rendering.safety import escape

_PLAIN = re.compile(r"(?:[^\W_]|[ ,;.:()'\"?\u2019-])+")
_AFTER_WORD = re.compile(r"(?:^|[\s(])[^\W_]{1,40}[,;.?]?\Z")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_AFTER_ANY = re.compile(r"[^#|=\\]\Z")
_ENDS = re.compile(
    r"(?<!</p>)(?<!</li>)(?<![uo]l>)(?<!</blockquote>)(?:</(?:p|li|ul|ol|blockquote|h3|h4|h5|h6)>)+\Z"
)
_LOOK_BACK = 80
_CODE_END = "</code></pre></figure>"
_IN_CODE = re.compile(r"[ \t]*[^\s`~]")


class OpenTail:
    """HTML that was rendered from a text with the last line `line` (empty when the HTML may not be extended)."""

    def __init__(self, html: str, line: str) -> None:
        self.html = html
        self._line = line[-_LOOK_BACK:]
        self._in_code = html.endswith(_CODE_END) and _IN_CODE.match(line) is not None
        self._place = len(html) - len(_CODE_END) if self._in_code else 0
        if not self._in_code and _LETTERS.search(line):
            ends = _ENDS.search(html, max(0, len(html) - 2 * _LOOK_BACK))
            self._place = ends.start() if ends else 0

    def extend(self, new: str) -> bool:
        """Put words in at the end, if the words and the end allow it."""
        if not self._place:
            return False
        if self._in_code:
            return "\n" not in new and self._put(escape(new))
        words = self._line.rstrip(" ")
        waiting = self._line[len(words) :] + new
        after = _AFTER_ANY if waiting.startswith(" ") else _AFTER_WORD
        if "www" in new or not _PLAIN.fullmatch(new) or not after.search(words) or words.endswith("www."):
            return False
        self._line = (self._line + new)[-_LOOK_BACK:]
        return self._put(waiting.rstrip(" "))

    def _put(self, html: str) -> bool:
        self.html = f"{self.html[: self._place]}{html}{self.html[self._place :]}"
        self._place += len(html)
        return True

    def freeze(self) -> None:
        """The text went on without this HTML."""
        self._place = 0
