"""What a model's name asks the benchmark's upstream for: how much, and how fast.

`bench-50tps-400tok` is 400 stamped deltas, 50 a second; `bench-max-md20k` is Markdown of 20 KiB as fast as it is read.
A stamped delta `7at123456 ` is the eighth of its answer, written at 123456 µs of the machine's monotonic clock. Any
process of the same machine can compute from it how long the delta took to arrive. To Markdown it is a word, as most
deltas of an answer are.

Behind that, `-held` keeps an answer from its end until the upstream is asked to release it, and `-window500` lists the
model with a context window of 500 tokens.
"""

import re
import time
from dataclasses import dataclass

from tests.bench.answers import pieces

NAME = re.compile(
    r"bench-(?:(?P<rate>\d+)tps|max)-(?:(?P<tokens>\d+)tok|md(?P<kib>\d+)k)(?P<held>-held)?(?:-window(?P<window>\d+))?"
)
STAMP = re.compile(r"(\d+)at(\d+)\s")
# Deltas in a paragraph; an answer without any would be one block that grows without end.
PARAGRAPH = 40

# What is offered. Others may be asked for, too, but a site knows only models that are listed.
LISTED = [
    "bench-50tps-400tok",
    "bench-50tps-500tok",
    "bench-50tps-10tok",
    "bench-50tps-10tok-window500",
    "bench-50tps-md20k",
    "bench-max-400tok",
    "bench-max-3tok",
    "bench-max-3tok-window500",
    "bench-300tps-md10k",
    "bench-300tps-md20k",
    "bench-300tps-md100k",
    "bench-2000tps-md10k",
    "bench-2000tps-md200k",
    "bench-max-md10k",
    "bench-max-md20k",
    "bench-800tps-md20k-held",
    "bench-max-md100k",
    "bench-max-md200k",
]


@dataclass(frozen=True, slots=True)
class Workload:
    """rate: deltas a second, 0 for no limit. count: deltas in all. size: characters of Markdown, 0 for stamps.

    is_held: whether it waits before its end. window: tokens, 0 for one that is not known.
    """

    rate: int
    count: int
    size: int = 0
    is_held: bool = False
    window: int = 0

    def delta(self, number: int) -> str:
        """The text of one delta, to be written now."""
        return pieces(self.size)[number] if self.size else stamped(number, microseconds())


def workload(model: str) -> Workload | None:
    """What this model does; None when there is no such model."""
    found = NAME.fullmatch(model)
    if not found:
        return None
    rate, tokens, kib, window = (int(found[name] or 0) for name in ("rate", "tokens", "kib", "window"))
    size = kib * 1024
    return Workload(rate, len(pieces(size)) if size else tokens, size, bool(found["held"]), window)


def stamped(number: int, at: int) -> str:
    """A delta that says which of its answer it is, and when it was written."""
    return f"{number}at{at}" + ("\n\n" if number % PARAGRAPH == PARAGRAPH - 1 else " ")


def microseconds() -> int:
    """The clock that stamps are taken from; it is the same in all processes of a machine."""
    return time.monotonic_ns() // 1000
