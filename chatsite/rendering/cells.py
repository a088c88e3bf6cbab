"""The tags of a table's parts."""

from collections.abc import Sequence

TABLE = '<div class="table" dir="auto" tabindex="0" role="group"><table>'


class Cells:
    """The tags of one table's cells, whose columns are aligned so."""

    def __init__(self, alignments: Sequence[str]) -> None:
        self._alignments = alignments
        self._column = 0
        self._tag = "td"

    def start(self, part: str) -> str:
        """The start of a head, a row or a cell."""
        if part == "TableHead":
            self._tag, self._column = "th", 0
            return "<thead><tr>"
        if part == "TableRow":
            self._column = 0
            return "<tr>"
        alignment = self._alignments[self._column] if self._column < len(self._alignments) else "None"
        css = f' class="{alignment.lower()}"' if alignment in ("Right", "Center") else ""
        return f"<{self._tag}{css}>"

    def end_cell(self) -> str:
        """The end of a cell."""
        self._column += 1
        return f"</{self._tag}>"

    def end_head(self) -> str:
        """The end of the head, after which rows follow."""
        self._tag = "td"
        return "</tr></thead><tbody>"
