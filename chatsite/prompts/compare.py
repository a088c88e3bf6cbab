"""Two texts side by side, with marks on the words that differ."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

# Lines around a change that are shown; longer unchanged parts are folded.
CONTEXT_LINES = 3
# Comparing words takes time with the square of their number: longer lines are compared as wholes.
MAX_WORDS = 2000
# In longer texts, lines that stand there often are only compared beside others.
MAX_EXACT_LINES = 1000
WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Part(NamedTuple):
    """A piece of a line; `differs`: it is not in the other text."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each text, with its number from 1; a side without a line has None."""

    left: list[Part] | None
    right: list[Part] | None
    left_number: int | None = None
    right_number: int | None = None

    @property
    def differs(self) -> bool:
        return self.left is None or self.right is None or any(part.differs for part in self.left + self.right)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together; `folded`: they are unchanged and far from any change."""

    rows: list[Row]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    sections: list[Section]
    added: int
    removed: int

    @property
    def is_same(self) -> bool:
        return not self.added and not self.removed


def compare(left: str, right: str) -> Comparison:
    """Compare two texts: lines first, then the words of lines that were changed. added, removed: words."""
    rows = _rows(left.splitlines(), right.splitlines())
    return Comparison(_sections(rows), _count(row.right for row in rows), _count(row.left for row in rows))


def _count(sides) -> int:
    parts = [part for side in sides if side for part in side if part.differs]
    return sum(len(re.findall(r"\w+", part.text)) or 1 for part in parts)


def _rows(left: list[str], right: list[str]) -> list[Row]:
    rows = []
    is_long = max(len(left), len(right)) > MAX_EXACT_LINES
    for kind, i, i_end, j, j_end in SequenceMatcher(None, left, right, autojunk=is_long).get_opcodes():
        if kind == "equal":
            rows += [
                Row([Part(left[i + n])], [Part(right[j + n])], i + n + 1, j + n + 1) for n in range(i_end - i)
            ]
        else:
            rows += _changed(left, range(i, i_end), right, range(j, j_end))
    return rows


def _changed(left: list[str], removed: range, right: list[str], added: range) -> list[Row]:
    """Pair changed lines in their order. A line without a partner stays single."""
    pairs = min(len(removed), len(added))
    rows = [Row(*_words(left[i], right[j]), i + 1, j + 1) for i, j in zip(removed, added, strict=False)]
    rows += [Row([Part(left[i], True)], None, i + 1) for i in removed[pairs:]]
    rows += [Row(None, [Part(right[j], True)], None, j + 1) for j in added[pairs:]]
    return rows


def _words(left: str, right: str) -> tuple[list[Part], list[Part]]:
    a, b = WORDS.findall(left), WORDS.findall(right)
    if max(len(a), len(b)) > MAX_WORDS:
        return [Part(left, True)], [Part(right, True)]
    before, after = [], []
    # Words that a long line has often are only compared beside others: repeated, they would take minutes.
    for kind, i, i_end, j, j_end in SequenceMatcher(None, a, b).get_opcodes():
        before.append(Part("".join(a[i:i_end]), kind != "equal"))
        after.append(Part("".join(b[j:j_end]), kind != "equal"))
    return [part for part in before if part.text], [part for part in after if part.text]


def _sections(rows: list[Row]) -> list[Section]:
    near = set()
    for number, row in enumerate(rows):
        if row.differs:
            near |= set(range(number - CONTEXT_LINES, number + CONTEXT_LINES + 1))
    sections: list[Section] = []
    for number, row in enumerate(rows):
        folded = number not in near
        if not sections or sections[-1].folded != folded:
            sections.append(Section([], folded))
        sections[-1].rows.append(row)
    return sections
