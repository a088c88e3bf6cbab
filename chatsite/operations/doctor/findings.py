"""What a check finds."""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How much a finding matters; the highest one is how the command ends."""

    OK = 0
    NOTE = 1
    PROBLEM = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence, and what to do about it."""

    sentence: str
    do: str = ""
    level: Level = Level.OK

    @property
    def is_ok(self) -> bool:
        return self.level is Level.OK


def note(sentence: str, do: str = "") -> Finding:
    """Something to know or to look at: the site works."""
    return Finding(sentence, do, Level.NOTE)


def problem(sentence: str, do: str = "") -> Finding:
    """Something does not work, or is not safe."""
    return Finding(sentence, do, Level.PROBLEM)
