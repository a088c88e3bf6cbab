"""What a check finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """How much a finding matters; the highest one is how the command ends."""

    OK = 0
    NOTE = 1
    PROBLEM = 2


class Line(NamedTuple):
    """A line for the configuration of a proxy. where: the block that it belongs into."""

    proxy: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence, and what to do about it. has_names: the sentence may name people, hosts or files."""

    sentence: str
    do: str = ""
    level: Level = Level.OK
    lines: Sequence[Line] = ()
    has_names: bool = False

    @property
    def is_ok(self) -> bool:
        return self.level is Level.OK


def note(sentence: str, do: str = "", lines: Sequence[Line] = ()) -> Finding:
    """Something to know or to look at: the site works."""
    return Finding(sentence, do, Level.NOTE, lines)


def problem(sentence: str, do: str = "", lines: Sequence[Line] = ()) -> Finding:
    """Something does not work, or is not safe."""
    return Finding(sentence, do, Level.PROBLEM, lines)
