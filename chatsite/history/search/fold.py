"""The fold: reduces a text to the words by which it is found. It is the same in Python and in PostgreSQL (`fold_sql`).

Case, accents and widths are ignored, ё is е and ß is ss. Vowel signs of Indic scripts stay. What is written without
blanks becomes pairs of characters, and the last character alone: 豆腐汤 is "豆腐 腐汤 汤".
"""

import re
from operator import add
from unicodedata import category, normalize

from chatsite.history.search.letters import (
    INVISIBLE,
    MARKED,
    MARKS,
    PAIRED,
    POINTS,
    bracket,
    characters,
    is_letter,
)

# The index stores folded texts. With every change of the fold, raise this and rebuild the index in a migration.
VERSION = 1
# Longer words are cut into several.
MAX_WORD_LENGTH = 64

# Replacements of lower-case letters: by one letter, and by two.
ALIKE = {"ς": "σ", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t"}
SPELLED = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}

# Of Cyrillic letters only the dots of ё and stress marks are ignored: й is not и.
CYRILLIC_VOWELS = "АЕИОУЫЭЮЯаеиоуыэюя"

_ASCII_WORD = re.compile(rf"[a-z0-9]{{1,{MAX_WORD_LENGTH}}}")
_WORD = re.compile(rf"\S{{1,{MAX_WORD_LENGTH}}}")
_MARKS = re.compile(rf"([{bracket(MARKED)}])[{bracket(MARKS)}]+")
_POINTS = re.compile(f"[{bracket(POINTS)}]+")
_CYRILLIC = re.compile(f"[\u0300\u0301](?<=[{CYRILLIC_VOWELS}].)|\u0308(?<=[Ее].)")
_PAIRED = re.compile(rf"[{bracket(PAIRED)}]+")
_IGNORED = "".join(characters(f"{INVISIBLE} {POINTS}"))


class _Table(dict[int, str]):
    """For `str.translate`: letters stay or become others, everything else becomes a blank. Filled on demand."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code) if is_letter(code) else " "
        return self[code]


_KNOWN = _Table(dict.fromkeys(map(ord, _IGNORED), ""))
_ALIKE = _Table(_KNOWN | str.maketrans(ALIKE | SPELLED))
# In place of characters that may change the one before them, and of those that become none or several. No letter is in
# the private use area.
JOINING, SEVERAL = "\ue000", "\ue001"


class _Alone(dict[int, str]):
    """For `str.translate`: what each character is folded to by itself. Filled on demand."""

    def __missing__(self, code: int) -> str:
        self[code] = JOINING if _is_joining(chr(code)) else plain(chr(code))
        return self[code]


class _Positioned(_Alone):
    """The same, but each character remains one, so that positions stay."""

    def __missing__(self, code: int) -> str:
        folded = super().__missing__(code)
        self[code] = folded if len(folded) == 1 else SEVERAL
        return self[code]


def fold(text: str | None) -> str:
    """Return the words of a text as they are indexed and searched, separated by one blank."""
    if not text:
        return ""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    letters = text.translate(_ALONE)
    if JOINING in letters:
        letters = plain(text)
    paired = _PAIRED.sub(_pairs, letters)
    words = paired.split()
    if max(map(len, words), default=0) > MAX_WORD_LENGTH:
        words = _WORD.findall(paired)
    return " ".join(words)


def is_paired(character: str) -> bool:
    """Whether words of this script are indexed as pairs."""
    return _PAIRED.match(character) is not None


def plain(text: str) -> str:
    """Return the text in lower case without marks. Characters newer than Unicode 14 are removed first."""
    apart = _POINTS.sub("", _MARKS.sub(r"\1", normalize("NFKD", text.translate(_KNOWN))))
    return normalize("NFC", _CYRILLIC.sub("", apart).lower()).translate(_ALIKE)


def _is_joining(character: str) -> bool:
    """Whether it may be one letter with the character before it: marks, vowel signs, later parts of Korean."""
    first = normalize("NFKD", character)[0]
    return character not in _IGNORED and (category(first)[0] == "M" or "\u1160" <= first <= "\u11ff")


def _pairs(run: re.Match[str]) -> str:
    characters = run[0]
    pairs = map(add, characters, characters[1:])
    return f" {' '.join(pairs)} {characters[-1]} "


_ALONE = _Alone()
POSITIONED = _Positioned()
