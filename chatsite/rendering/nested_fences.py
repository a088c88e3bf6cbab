"""Code fences in a Markdown example: within a block of Markdown a fence with a language begins a block of its own.

CommonMark ends the outer block at the inner one's end, so every "write me a README" would fall apart.
"""

import re

from chatsite.rendering.info_string import Info

_MARKS = r"(`{3,}(?=[^`\n]*$)|~{3,})[ \t]*([^\n]*)"
_FENCE = re.compile(rf"^[ \t]*(?:>[ \t]*|(?:[-*+]|\d{{1,9}}[.)])[ \t]+)*{_MARKS}", re.MULTILINE)
_FENCE_INSIDE = re.compile(rf"[ \t>]*{_MARKS}", re.MULTILINE)
_EXAMPLE = re.compile(r"(?:```|~~~)[ \t]*(?:\w+-)?\{?\.?(?:markdown|md)\b", re.IGNORECASE)

MAX_OPEN_FENCES = 16
"""Fences within each other in one example; each line that ends one is compared with all that are open."""


class Fences:
    """The fences that are open in one code block, its own first."""

    def __init__(self, fence: str, info: str) -> None:
        self._open = [fence]
        self._nests = Info.of(info).language.lower() in ("markdown", "md")
        self.longest = 0
        """The longest fence of a block inside."""

    def close(self, line: str) -> bool:
        """Take a line of the block; whether it ends the block."""
        found = _FENCE_INSIDE.match(line)
        if found is None:
            return False
        fence, info = found[1], found[2].strip()
        if info:
            self._begin(fence)
        elif (closed := self._closed_by(fence)) is not None:
            self.longest = max(self.longest, len(fence) if closed else 0)
            del self._open[closed:]
        return not self._open

    def _begin(self, fence: str) -> None:
        if self._nests and len(self._open) < MAX_OPEN_FENCES:
            self._open.append(fence)
            self.longest = max(self.longest, len(fence))

    def _closed_by(self, fence: str) -> int | None:
        """The number of the innermost block that such a fence ends; one of the same length before others."""
        numbers = range(len(self._open) - 1, -1, -1)
        same = [number for number in numbers if self._open[number] == fence]
        shorter = [number for number in numbers if fence.startswith(self._open[number])]
        return next(iter(same + shorter), None)


def open_code(text: str) -> re.Match[str] | None:
    """Return the fence of the code block that is open at the end of a piece, with the info string as its second group;
    None if no block is open. Fences are counted, not parsed."""
    fences: Fences | None = None
    begun = None
    for found in _FENCE.finditer(text):
        if fences is None:
            begun = found
            fences = Fences(found[1], found[2]) if "\n" in text[found.end() :] else None
        elif fences.close(found[0]):
            fences = None
    return begun if fences else None


def lengthened(text: str) -> str:
    """The text with longer fences round each example that holds blocks of its own, as Markdown wants them."""
    if not may_hold_fence(text) or _EXAMPLE.search(text) is None:
        return text
    lines = text.split("\n")
    fences, begun = None, 0
    for number, line in enumerate(lines):
        if fences is None:
            begun, found = number, _FENCE.match(line)
            fences = Fences(found[1], found[2]) if found else None
        elif fences.close(line):
            lines[begun], lines[number] = (_longer(lines[at], fences.longest) for at in (begun, number))
            fences = None
    if fences is not None:
        lines[begun] = _longer(lines[begun], fences.longest)
    return "\n".join(lines)


def may_hold_fence(text: str) -> bool:
    """A cheap test that spares most texts the search."""
    return "```" in text or "~~~" in text


def _longer(line: str, longest: int) -> str:
    found = _FENCE.match(line)
    if found is None or not longest:
        return line
    fence = found[1][0] * max(len(found[1]), longest + 1)
    return line[: found.start(1)] + fence + line[found.end(1) :]
