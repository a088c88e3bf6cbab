"""A bar chart as values: a template draws it, and the table below has the same numbers."""

from dataclasses import dataclass
from datetime import date, timedelta

from chatsite.usage.reports import Line

WIDTH, HEIGHT = 720, 140
MAX_GAP = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: its place and size in the drawing, and its sums."""

    x: float
    y: float
    width: float
    height: float
    day: date
    line: Line


def bars(days: dict[date, Line], first: date, last: date) -> list[Bar]:
    """Return a bar for each day. The day with the most answers is as high as the drawing."""
    count = (last - first).days + 1
    highest = max((line.answers for line in days.values()), default=0) or 1
    step = WIDTH / count
    gap = min(MAX_GAP, step / 4)
    every = [first + timedelta(days=number) for number in range(count)]
    lines = [days.get(day, Line(str(day))) for day in every]
    heights = [HEIGHT * line.answers / highest for line in lines]
    return [
        Bar(
            x=round(number * step, 2),
            y=round(HEIGHT - height, 2),
            width=round(step - gap, 2),
            height=round(height, 2),
            day=day,
            line=line,
        )
        for number, (day, line, height) in enumerate(zip(every, lines, heights, strict=True))
    ]
