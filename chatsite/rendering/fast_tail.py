"""Fast path: appends plain words to the open block's HTML without parsing it again.

Most deltas of an answer are words without any mark. Put after a word at the end of a paragraph they cannot change how
Markdown reads what is there, so they go straight into the HTML. They need no escaping and no sanitiser: the pattern
lets only letters, digits, spaces and punctuation through that mean nothing in HTML. In a code block anything goes in,
escaped, until its line ends. The next delta of another kind has the block parsed again, so nothing can drift.
"""

import re

from chatsite.rendering.safety import escape

_CLAUSE_MARKS = "\u2026\u3001\u3002\u300a-\u300f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
"""Punctuation of scripts without spaces: an address ends before it."""

_CLAUSE_MARK = re.compile(f"[{_CLAUSE_MARKS}]")
_PLAIN = re.compile(rf"[\w ,;.:()'\"?\u2013\u2014\u2019\u201c\u201d{_CLAUSE_MARKS}-]+")
_WORD = re.compile(r"[^\W_]{1,40}[,;.?]?")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_ENDS = ("</p>", "</li>", "</ul>", "</ol>", "</blockquote>", "</h3>", "</h4>", "</h5>", "</h6>")
_NO_WORDS = ("</figure>", "</div>")
_RAW = '<p class="raw"'
"""The start of raw HTML, which keeps its white space."""

_MAX_LINE_CHARACTERS = 80
_CODE_END = "</code></pre></figure>"
_IN_CODE = re.compile(r"[ \t]*[^\s`~]")


class FastTail:
    """HTML that was rendered from a text with the last line `line` (empty when the HTML may not be extended)."""

    def __init__(self, html: str, line: str) -> None:
        self.html = html
        self._line = line[-_MAX_LINE_CHARACTERS:]
        self._in_code = html.endswith(_CODE_END) and _IN_CODE.match(line) is not None
        self._place = 0
        if self._in_code:
            self._place = len(html) - len(_CODE_END)
        elif _LETTERS.search(line):
            self._place = _end_of_words(html)

    def extend(self, new: str) -> bool:
        """Put words in at the end, if the words and the end allow it."""
        if not self._place:
            return False
        if self._in_code:
            if "\n" in new:
                return False
            self._put(escape(new))
            return True
        words = new.rstrip("\n")
        if not (_PLAIN.fullmatch(words) and self._takes(words)):
            return False
        known = self._line.rstrip(" ")
        self._put((self._line[len(known) :] + words).rstrip(" "))
        self._line = (self._line + words)[-_MAX_LINE_CHARACTERS:]
        if words != new:
            self.freeze()
        return True

    def _takes(self, words: str) -> bool:
        """Whether words without marks stay words after the line so far: no mark, no address, no entity arises."""
        line = self._line
        if "_" in words or "www" in words or line.endswith("www."):
            return False
        if words.startswith(" ") or line.endswith(" "):
            return line.rstrip(" ")[-1:] not in "#|=\\"
        word = line[line.rfind(" ") + 1 :]
        if word.isascii():
            return _WORD.fullmatch(word.lstrip("(")) is not None
        *_, word = _CLAUSE_MARK.split(word)
        return not word or _WORD.fullmatch(word.lstrip("(")) is not None

    def _put(self, html: str) -> None:
        self.html = f"{self.html[: self._place]}{html}{self.html[self._place :]}"
        self._place += len(html)

    def freeze(self) -> None:
        """Accept no further words: the text grew without this HTML."""
        self._place = 0


def _end_of_words(html: str) -> int:
    """Where the closing tags at the HTML's end begin; 0 where there are none, or no words before them."""
    place = len(html)
    while html.endswith(_ENDS, 0, place):
        place = html.rindex("</", 0, place)
    if place == len(html) or html.endswith(_NO_WORDS, 0, place):
        return 0
    if html.startswith("</p>", place) and html.startswith(_RAW, html.rindex("<p", 0, place)):
        return 0
    return place
