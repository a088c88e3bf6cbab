"""What the line of a code fence says after its marks: the language, and what to call the block."""

import re
from functools import lru_cache
from typing import NamedTuple

from chatsite.rendering.languages import lexer_name

_TITLE = re.compile(r"\b(?:title|file|filename|name)=(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'}]+))")
_WORD = re.compile(r"[\w+#.-]{1,32}\Z")
_FILE = re.compile(r"[^\s<>\"'`{}]{1,120}\Z")
_LINES = re.compile(r"(?:\d+:)+(?=\D)|(?:#L\d+|:\d+)(?:-L?\d+)?\Z")


class Info(NamedTuple):
    """A code block's language as it was written (one word or nothing), and its label: a file's name or the language."""

    language: str
    label: str

    @classmethod
    def of(cls, line: str) -> "Info":
        """Read an info string: `python`, `python:src/app.py`, `src/app.py`, `{.python}`, `js title="a.js"` and such."""
        return _read(line)

    @property
    def is_formula(self) -> bool:
        """Whether the block holds one formula in TeX."""
        return self.label.lower() == "math"


@lru_cache(maxsize=256)
def _read(line: str) -> Info:
    words = line.split()
    word = _bare(line.strip() if line.lstrip().startswith("{") else words[0] if words else "")
    titles = _TITLE.search(line)
    file = next(filter(None, titles.groups()), "") if titles else ""
    language, colon, rest = word.partition(":")
    if colon and _FILE.match(rest):
        file = file or rest
    elif not lexer_name(word) and lexer_name(_ending(word)) and ("." in word[1:] or "/" in word):
        language, file = _ending(word), file or word
    if not lexer_name(language) and file and lexer_name(_ending(file)):
        language = _ending(file)
    return Info(language, file if _FILE.match(file) else language if _WORD.match(language) else "text")


def _bare(word: str) -> str:
    """The first word without the braces, the dot and the prefixes that some tools put there."""
    if word.startswith("{"):
        word = (word.strip("{} \t").split() or [""])[0].lstrip(".")
    word = _LINES.sub("", word).partition("{")[0].rstrip(",")
    for prefix in ("language-", "lang-"):
        word = word.removeprefix(prefix)
    return word


def _ending(file: str) -> str:
    """Return the part of a file name that indicates its language: the text after its last dot, or the whole name."""
    name = re.split(r"[/\\]", file)[-1]
    return name.rpartition(".")[2]
