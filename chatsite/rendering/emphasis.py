"""Emphasis where CommonMark's rule does not find it.

CommonMark does not close a run of `*` between punctuation and a letter, so `**注意：**本文` stays raw.
Chinese, Japanese, Korean, Thai and other scripts put no space there. Here such a run closes. In any script a label
(`**Note:**text`) may end before a letter. A single `~` means "about" and strikes nothing.
"""

import re
from unicodedata import category

from chatsite.rendering.placeholders import LETTER, TILDE

_ONE_TILDE = re.compile(r"(?<![~\\])~(?!~)")
_RUN = re.compile(r"\*+(?=[^\s*])|~~(?=[^\s~])")
_PUNCTUATION = "[.,:;!?\"'\u2026\u2019\u201d)\\]}%]"
_LABEL_END = re.compile(rf"{_PUNCTUATION}(\*{{1,3}}|~~)(?=[^\W_])")
"""Runs between punctuation and a letter."""

_HAS_LABEL_END = re.compile(
    rf"\*(?=[^\W_])(?:(?<={_PUNCTUATION}\*)|(?<={_PUNCTUATION}\*\*)|(?<={_PUNCTUATION}\*\*\*))"
)
"""The same for `*` only. It searches for the mark first: texts have fewer marks than punctuation."""

_BRACKETS = ")]}%"
"""After these a single `*` is not emphasis, as in `(a)*b`."""

_LABEL_CHARACTERS = 200
_SPACELESS = re.compile(
    "[\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U00020000-\U0003ffff]"
)
"""Letters and punctuation of scripts without spaces between words: Thai to Myanmar, Khmer, Hangul, Kana, Han."""

_ENDS_CLAUSE = ".,:;!?\u3001\u3002\uff0c\uff0e\uff1a\uff1b\uff01\uff1f\uff61\uff64"


def eased(text: str) -> str:
    """Return the text with placeholders that let Markdown find this emphasis and ignore single tildes."""
    is_spaceless = not text.isascii() and _SPACELESS.search(text) is not None
    has_runs = "~~" in text
    if "~" in text:
        text = _ONE_TILDE.sub(TILDE, text)
    if not has_runs and "*" not in text:
        return text
    if has_runs or _HAS_LABEL_END.search(text):
        text = _LABEL_END.sub(_after_label, text)
    return _RUN.sub(_without_spaces, text) if is_spaceless else text


def _after_label(found: re.Match[str]) -> str:
    run, text, end = found[1], found.string, found.start(1)
    if run == "*" and text[end - 1] in _BRACKETS:
        return found[0]
    begun = text.rfind(run, max(0, end - _LABEL_CHARACTERS), end)
    is_label = begun >= 0 and _begins_label(text, begun, begun + len(run), end)
    return text[end - 1] + LETTER + run if is_label else found[0]


def _begins_label(text: str, start: int, inside: int, end: int) -> bool:
    """Return whether the run before `inside` can only open emphasis and the label is on one line."""
    before = text[start - 1] if start else " "
    opens = before.isspace() or before in ">|" or category(before) in ("Ps", "Pi")
    return (
        opens and not text[inside].isspace() and text[inside] != text[start] and "\n" not in text[start:end]
    )


def _without_spaces(found: re.Match[str]) -> str:
    """Return the run, with a placeholder letter beside it when punctuation on that side prevents emphasis."""
    run, text = found[0], found.string
    before, after = text[found.start() - 1 : found.start()], text[found.end()]
    if before.isalnum() and after.isalnum():
        return run
    if not before or before.isspace() or before in "\\~*":
        return run
    hindered_by = _is_punctuation(before), _is_punctuation(after)
    if hindered_by[0] == hindered_by[1] or not _SPACELESS.search(before + after):
        return run
    if hindered_by[0]:
        return run if category(before) in ("Ps", "Pi") else LETTER + run
    return run if category(after) in ("Pe", "Pf") or after in _ENDS_CLAUSE else run + LETTER


def _is_punctuation(character: str) -> bool:
    """CommonMark counts symbols as punctuation."""
    return category(character)[0] in "PS"
