"""What arrived of an answer: which of its stamped deltas, in which order, and how long each was on its way."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import ceil
from typing import Self

from tests.bench.workloads import STAMP

# Text, and the time that it was received at, in µs of the stamps' clock.
Piece = tuple[int, str]


@dataclass(slots=True)
class Receipts:
    """Counts of deltas. expected: all that were sent. times, delays: when each arrived, and how late, in µs."""

    expected: int = 0
    missing: int = 0
    repeated: int = 0
    disordered: int = 0
    times: list[int] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, pieces: Sequence[Piece], expected: int) -> Self:
        """Account for one stream of stamped deltas, each of which may arrive in parts or with others."""
        ends = list(accumulate(len(text) for _, text in pieces))
        numbers, times, delays = [], [], []
        for stamp in STAMP.finditer("".join(text for _, text in pieces)):
            received, _ = pieces[bisect_left(ends, stamp.end())]
            numbers.append(int(stamp[1]))
            times.append(received)
            delays.append(received - int(stamp[2]))
        known = set(numbers) & set(range(expected))
        return cls(
            expected,
            missing=expected - len(known),
            repeated=len(numbers) - len(set(numbers)),
            disordered=sum(later < earlier for earlier, later in pairwise(numbers)),
            times=times,
            delays=delays,
        )

    def add(self, other: "Receipts") -> None:
        """Count another stream, too."""
        self.expected += other.expected
        self.missing += other.missing
        self.repeated += other.repeated
        self.disordered += other.disordered
        self.times += other.times
        self.delays += other.delays

    def within(self, begin: int, end: int) -> int:
        """How many arrived between these times."""
        return sum(begin <= time < end for time in self.times)

    @property
    def arrived(self) -> int:
        """How many different deltas arrived."""
        return self.expected - self.missing

    @property
    def is_whole(self) -> bool:
        """Each delta arrived, once and in its place."""
        return not (self.missing or self.repeated or self.disordered)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of all values do not exceed. `values` must not be empty."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]
