"""The tags of a table's parts."""

from collections.abc import Iterator, Sequence

TABLE = '<div class="table" dir="auto" tabindex="0" role="group"><table>'
_CLASSES = {"Right": ' class="right"', "Center": ' class="center"'}


class TableTags:
    """The tags of one table's rows and cells, whose columns are aligned so."""

    def __init__(self, alignments: Sequence[str]) -> None:
        self._classes = [_CLASSES.get(alignment, "") for alignment in alignments]
        self._starts: Iterator[str] = iter(())
        self.end = "</td>"
        """The end of a cell."""
        self.row_characters = len("<td></td>") * (len(alignments) + 1)
        """The least that a row becomes, however short its source is."""

    def start_head(self) -> str:
        """The start of the head, before its cells."""
        self._starts = iter([f"<th{css}>" for css in self._classes])
        self.end = "</th>"
        return "<thead><tr>"

    def end_head(self) -> str:
        """The end of the head, after which rows follow."""
        self.end = "</td>"
        return "</tr></thead><tbody>"

    def start_row(self) -> str:
        """The start of a row, before its cells."""
        self._starts = iter([f"<td{css}>" for css in self._classes])
        return "<tr>"

    def start_cell(self) -> str:
        """The start of the next cell."""
        return next(self._starts, "<td>")
