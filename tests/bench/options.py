"""How much the benchmark measures."""

from dataclasses import dataclass
from pathlib import Path

# Each is a module of tests.bench.parts whose `measure(bench)` gives a report, in this order.
PARTS = (
    "streams",
    "whole",
    "burst",
    "turns",
    "tabs",
    "memory",
    "sends",
    "length",
    "workers",
    "search",
    "exchange",
    "page",
)

# Streams.
BEGIN_EVERY_SECOND = 10
# Seconds from the last message until what it began is under way.
SETTLES_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """How many of what.

    streams: at once. rate: deltas a second of each. seconds: for which all of them run. runs: short answers that memory
    is to be flat over. watched: answers that several tabs watch. shared: streams that two workers share. messages: that
    are searched in. keep: a folder where their stores stay. quick: fewer of everything else, too.
    """

    streams: tuple[int, ...] = (1, 10, 50, 100, 200)
    rate: int = 50
    seconds: float = 8.0
    runs: int = 2000
    watched: int = 4
    shared: int = 400
    messages: int = 100_000
    keep: Path | None = None
    quick: bool = False

    def spread(self, streams: int) -> float:
        """Seconds in which the streams begin: people do not all send in the same moment."""
        return streams / BEGIN_EVERY_SECOND

    def paced(self, streams: int) -> str:
        """The model whose answers have this rate, and last until all streams have run for long enough."""
        seconds = self.spread(streams) + SETTLES_WITHIN + self.seconds
        return f"bench-{self.rate}tps-{round(self.rate * seconds)}tok"

    @property
    def models(self) -> list[str]:
        """All that `paced` gives."""
        return [self.paced(streams) for streams in sorted({*self.streams, self.watched, self.shared})]


QUICK = Options(streams=(1, 50), seconds=3.0, runs=400, shared=100, messages=2000, quick=True)
