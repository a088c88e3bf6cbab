"""The few HTML tags that are obeyed in a line of Markdown: in pairs, without attributes."""

import re

from chatsite.rendering.safety import escape

_TAG = re.compile(r"<(/?)(sub|sup|kbd|mark|u)\s*>\Z", re.IGNORECASE)
_MAX_OPEN = 8
"""Open tags that are remembered; the oldest is text when there are more."""


class InlineTags:
    """Writes tags as text until their end comes, and then as tags."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int, int]] = []
        """Name, depth and position of each tag that waits for its end."""

    def write(self, source: str, out: list[str], depth: int) -> None:
        """Append one piece of raw HTML to `out`. Tags of the same depth may become pairs."""
        found = _TAG.match(source)
        out.append(escape(source).replace("\n", "<br>\n"))
        if found is None:
            return
        name = found[2].lower()
        if not found[1]:
            self.open = [*self.open[1 - _MAX_OPEN :], (name, depth, len(out) - 1)]
        elif (begun := self._closed(name, depth)) is not None:
            out[begun], out[-1] = f"<{name}>", f"</{name}>"

    def end(self, depth: int) -> None:
        """End the element of this depth: its open tags stay text."""
        while self.open and self.open[-1][1] >= depth:
            self.open.pop()

    def _closed(self, name: str, depth: int) -> int | None:
        """Return the position of the tag that is closed now. Tags that were opened after it stay text."""
        for number in range(len(self.open) - 1, -1, -1):
            opened, at, begun = self.open[number]
            if at != depth:
                return None
            if opened == name:
                del self.open[number:]
                return begun
        return None
