"""What a part of the benchmark gives: a table, and the figures that have a target."""

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """Something promised. measured: in `unit`, None when there was nothing; limit: the most that it may be."""

    name: str
    measured: float | None
    limit: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.measured is not None and self.measured <= self.limit


@dataclass(slots=True)
class Report:
    """rows: all with the same keys, which head the columns. note: a sentence, where one is needed."""

    title: str
    rows: list[Row] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    note: str = ""

    def __str__(self) -> str:
        figures = [
            {
                "figure": figure.name,
                "target": f"≤ {shown(figure.limit)} {figure.unit}".rstrip(),
                "measured": f"{shown(figure.measured)} {figure.unit}".rstrip(),
                "": "met" if figure.is_met else "MISSED",
            }
            for figure in self.figures
        ]
        parts = [self.title, table(self.rows), table(figures), self.note]
        return "\n\n".join(part for part in parts if part)

    def as_json(self) -> dict[str, Any]:
        figures = [
            {
                "name": figure.name,
                "measured": figure.measured,
                "limit": figure.limit,
                "unit": figure.unit,
                "met": figure.is_met,
            }
            for figure in self.figures
        ]
        return {"title": self.title, "rows": self.rows, "figures": figures, "note": self.note}


def table(rows: list[Row]) -> str:
    """Rows under the names of their columns, numbers to the right."""
    if not rows:
        return ""
    cells = [list(rows[0]), *([shown(value) for value in row.values()] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    numeric = [not isinstance(value, str) for value in rows[0].values()]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def shown(value: Any) -> str:
    """A cell's text: three digits that say something, and no value as a dash."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
