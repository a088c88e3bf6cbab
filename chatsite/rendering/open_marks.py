"""The marks of one paragraph that are open where its text ends: emphasis, code, tags, links and formulas."""

import re

from chatsite.rendering import formulas, links

_MAX_CUT_CHARACTERS = 200
_MAX_OPEN_CODE_CHARACTERS = 300
_MAX_CLOSED_RUNS = 8
_MAX_RUNS = 32
"""Open runs of marks that are followed up; each further mark would be compared with all of them."""
_CUT_END = re.compile(
    r"(?:!(?:\[\^?)?|\[\^?|\\(?:[(\[]|be?g?i?n?(?:\{[A-Za-z]{0,12}\*?)?)?|&#?\w{0,31}|<(?:h(?:t(?:t(?:ps?(?::\S*)?)?)?)?)?"
    r"|</?[a-z]{0,4}/?)\Z"
)
_MARK = re.compile(r"\\begin\{|</?(?:sub|sup|kbd|mark|u)>|``*|\*\**|__*|~~?|\$\$?|\[|\]|\\[^\w\s]")
_ADDRESS_OR_MARK = re.compile(rf"https?://|www\.|{_MARK.pattern}")
_ADDRESS = re.compile(r"\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+\"[^\"\n]*\")?\)|\[[^\]\n]*\]")
_OPEN_ADDRESS = re.compile(r"(?:\([^\s)]*(?:[ \t]+(?:\"[^\"\n]*\"?)?)?|\[[^\]\n]*)?\Z")

_BEGIN_FORMULA = ("\\(", "\\[", "\\begin{")

_END = -1
"""No further mark is read."""

_Run = tuple[int, str]
"""Where an open run of marks begins, and the marks; for a tag, the tag."""


def closed(text: str) -> str:
    """One paragraph's text with its open marks closed or taken out."""
    if end := _CUT_END.search(text, max(0, len(text) - _MAX_CUT_CHARACTERS, text.rfind(" ") + 1)):
        text = text[: end.start()]
    return _Marks(text).closed()


class _Marks:
    """Reads the marks of a paragraph in their order. hidden: the parts of the text to leave out.

    Each method takes a mark and where it begins and ends, and returns the position from which the next one is searched.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._hidden: list[tuple[int, int]] = []
        self._runs: list[_Run] = []
        self._brackets: list[int] = []

    def closed(self) -> str:
        search = (_ADDRESS_OR_MARK if links.may_hold_addresses(self._text) else _MARK).search
        position = 0
        while position != _END and (found := search(self._text, position)):
            mark = found[0]
            position = _READERS[mark[0]](self, mark, found.start(), found.end())
        self._hidden += [part for opened in self._brackets for part in _bracket(self._text, opened)]
        if self._hidden or self._runs:
            return _assembled(self._text, self._hidden, self._runs)
        return self._text

    def emphasis(self, marks: str, start: int, end: int) -> int:
        if end == len(self._text):
            self._text = _without_open_run(self._text, start, marks, self._runs)
            return _END
        # One "~" is a mark only as the first half of two.
        if marks == "~":
            return end
        _count_run(self._text, start, marks, self._runs)
        return end if len(self._runs) <= _MAX_RUNS else self._give_up()

    def _give_up(self) -> int:
        for noted in (self._hidden, self._runs, self._brackets):
            noted.clear()
        return _END

    def code(self, marks: str, start: int, end: int) -> int:
        end_of_code = _code_end(self._text, marks, end)
        if end_of_code < 0 and len(self._text) - end < _MAX_OPEN_CODE_CHARACTERS:
            self._runs.append((start, marks))
            return _END
        return max(end_of_code, end)

    def address(self, mark: str, start: int, end: int) -> int:
        return links.end_of_address(self._text, start) or end

    def tag(self, tag: str, start: int, end: int) -> int:
        _count_tag(tag, start, self._runs)
        return end

    def formula(self, mark: str, start: int, end: int) -> int:
        end_of_formula = formulas.formula_at(self._text, start) or end
        if end_of_formula == end and formulas.open_formula(self._text, start):
            self._text = self._text[:start]
        return end_of_formula

    def escape(self, mark: str, start: int, end: int) -> int:
        """A backslash, which begins a formula, or makes the next character no mark."""
        return self.formula(mark, start, end) if mark in _BEGIN_FORMULA else end

    def bracket(self, mark: str, start: int, end: int) -> int:
        self._brackets.append(start)
        return end

    def link(self, mark: str, start: int, end: int) -> int:
        """The bracket that ends a text, which is a link's if an address follows."""
        opened = self._brackets.pop() if self._brackets else None
        if opened is None:
            return end
        if address := _ADDRESS.match(self._text, end):
            return address.end()
        if _OPEN_ADDRESS.match(self._text, end):
            self._hidden += _bracket(self._text, opened)
            self._text = self._text[:start]
        return end


_READERS = {
    **dict.fromkeys("*_~", _Marks.emphasis),
    **dict.fromkeys("hw", _Marks.address),
    "`": _Marks.code,
    "<": _Marks.tag,
    "$": _Marks.formula,
    "\\": _Marks.escape,
    "[": _Marks.bracket,
    "]": _Marks.link,
}
"""What reads a mark, by its first character."""


def _code_end(text: str, marks: str, position: int) -> int:
    """The end of the code span that `marks` opened before the position, or -1 while it is open."""
    while (found := text.find(marks, position)) >= 0:
        position = found + len(marks)
        while text.startswith("`", position):
            position += 1
        if position - found == len(marks):
            return position
    return -1


def _count_run(text: str, start: int, marks: str, runs: list[_Run]) -> None:
    """Let a run of marks close what is open, and note what it opens."""
    before, end = text[start - 1] if start else " ", start + len(marks)
    if runs and not before.isspace():
        marks = _close(marks, runs)
    if marks and not text[end].isspace() and not (marks[0] == "_" and before.isalnum()):
        runs.append((end - len(marks), marks))


def _count_tag(tag: str, start: int, runs: list[_Run]) -> None:
    """Note the end tag that an open tag needs, or take away what an end tag closes."""
    if tag[1] != "/":
        runs.append((start, tag))
    elif (opening := tag.replace("/", "")) in (marks for _, marks in runs):
        while runs.pop()[1] != opening:
            pass


def _close(marks: str, runs: list[_Run]) -> str:
    """Take from the open runs what these marks close; what is left of the marks."""
    if runs and runs[-1][1] == marks:
        runs.pop()
        return ""
    while marks:
        place = len(runs) - 1
        while place >= 0 and runs[place][1][0] != marks[0]:
            place -= 1
        if place < 0:
            return marks
        start, opened = runs[place]
        count = min(len(opened), len(marks))
        runs[place:] = [(start, opened[count:])] if len(opened) > count else []
        marks = marks[count:]
    return marks


def _without_open_run(text: str, start: int, marks: str, runs: list[_Run]) -> str:
    """A run at the very end: kept when it closes what is open, else it has to wait."""
    same = [opened for _, opened in runs if opened[0] == marks[0]]
    if same and len(same[-1]) <= len(marks) and not text[:start][-1:].isspace():
        left = _close(marks, runs)
        return text[: len(text) - len(left)]
    return text[:start]


def _bracket(text: str, opened: int) -> list[tuple[int, int]]:
    """What to hide of an open bracket: nothing inside a word (`a[0`), all of a footnote's mark."""
    if text.startswith("[^", opened):
        return [(opened, len(text))]
    before = text[opened - 1 : opened]
    if before.isalnum() or before in ("]", ")"):
        return []
    return [(opened - (before == "!"), opened + 1)]


def _assembled(text: str, hidden: list[tuple[int, int]], runs: list[_Run]) -> str:
    """The text with closing marks at its end, less what is hidden and the marks that would hold nothing."""
    closing = ""
    if len(runs) > _MAX_CLOSED_RUNS:
        runs = []
    for start, marks in reversed(runs):
        inner = text[start + len(marks) :]
        if not closing and not inner.strip(" \t\n*_~`[!"):
            text = text[:start]
        else:
            closing += marks.replace("<", "</")
    ending = text.rstrip() if closing else text
    for start, end in sorted(hidden, reverse=True):
        ending = ending[:start] + ending[end:]
    return ending + closing
