"""Cutting a line: between two words, else between two characters as a reader sees them."""

import unicodedata

ELLIPSIS = "…"
JOINER = "\u200d"
# Scripts that put no blanks between words, as ranges of code points.
UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Chinese, Japanese
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),  # full and half width forms
    (0x20000, 0x3FFFF),
)
SKIN_TONES = range(0x1F3FB, 0x1F400)
TAGS = range(0xE0020, 0xE0080)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
VIRAMA = 9
# What is not left at the end of a cut line.
LOOSE_ENDS = " ,.;:!?、。，；：-–—(\"'“„«"
# A cut between words leaves at least this part of the room; otherwise a word is cut.
MIN_SHARE = 0.4


def cut(line: str, most: int) -> str:
    """Return the line, or as much of it as fits into `most` characters with an ellipsis behind it."""
    if len(line) <= most:
        return line
    room = most - len(ELLIPSIS)
    ends = range(room, int(room * MIN_SHARE), -1)
    end = next((end for end in ends if _is_between_words(line, end)), None)
    if end is None:
        end = next((end for end in range(room, 0, -1) if _is_between_characters(line, end)), room)
    return (line[:end].rstrip(LOOSE_ENDS) or line[:end]) + ELLIPSIS


def cut_url(address: str, most: int) -> str:
    """Return an address without its scheme as a person would name it: its query and its end left out where it is long.

    What stands behind it in a sentence is not part of it.
    """
    address = address.rstrip(".,;:!?)]}'\"")
    short = address.partition("#")[0].partition("?")[0].rstrip("/") or address
    if len(short) <= most:
        return short
    end = short.rfind("/", 0, most)
    return (short[:end] if end > 0 else short[: most - 1]) + ELLIPSIS


def _is_between_words(line: str, end: int) -> bool:
    before, after = line[end - 1], line[end]
    if before.isspace() or after.isspace():
        return True
    return (_is_unspaced(before) or _is_unspaced(after)) and _is_between_characters(line, end)


def _is_between_characters(line: str, end: int) -> bool:
    """Return whether no character as a reader sees it, such as an emoji of several code points, is divided there."""
    before, after = line[end - 1], line[end]
    if JOINER in (before, after) or _extends(after) or unicodedata.combining(before) == VIRAMA:
        return False
    if ord(before) in FLAG_LETTERS and ord(after) in FLAG_LETTERS:
        return _flag_letters_before(line, end) % 2 == 0
    return True


def _extends(character: str) -> bool:
    code = ord(character)
    return unicodedata.category(character) in ("Mn", "Mc", "Me") or code in SKIN_TONES or code in TAGS


def _flag_letters_before(line: str, end: int) -> int:
    """Return how many flag letters in a row end at this position. Two of them are one flag."""
    count = 0
    while count < end and ord(line[end - 1 - count]) in FLAG_LETTERS:
        count += 1
    return count


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return any(first <= code <= last for first, last in UNSPACED)
