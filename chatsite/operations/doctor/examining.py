"""The list of checks, and what they find together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from chatsite.operations.doctor import database, machine, providers, safety, upkeep
from chatsite.operations.doctor.findings import Finding, Level, problem
from chatsite.wording import counted

MACHINE, PROVIDERS, SAFETY, UPKEEP = "This machine", "Providers", "People and safety", "Upkeep"


@dataclass(frozen=True, slots=True)
class Check:
    """`run` returns what it finds; None where it does not apply here. has_names: its sentences may name people, hosts
    or files, so that a bug report has none of them."""

    name: str
    group: str
    run: Callable[[], Finding | list[Finding] | None]
    needs_database: bool = True
    is_quick: bool = True
    has_names: bool = True


CHECKS = [
    Check("disk", MACHINE, machine.disk, needs_database=False, has_names=False),
    Check("files", MACHINE, machine.files, needs_database=False),
    Check("settings", MACHINE, machine.variables, needs_database=False),
    Check("static-files", MACHINE, machine.static_files, needs_database=False, has_names=False),
    Check("open-files", MACHINE, machine.open_files, needs_database=False, has_names=False),
    Check("authorities", MACHINE, machine.authorities, needs_database=False, has_names=False),
    Check("redis", MACHINE, machine.redis, needs_database=False, is_quick=False),
    Check("database", MACHINE, database.answers, has_names=False),
    Check("migrations", MACHINE, database.migrations, is_quick=False, has_names=False),
    Check("writing", MACHINE, database.takes_writes, is_quick=False),
    Check("integrity", MACHINE, database.integrity, is_quick=False, has_names=False),
    Check("write-ahead-log", MACHINE, database.write_ahead_log, has_names=False),
    Check("clock", MACHINE, database.clock, has_names=False),
    Check("models", PROVIDERS, providers.models, has_names=False),
    Check("providers", PROVIDERS, providers.providers),
    Check("superusers", SAFETY, safety.superusers),
    Check("readers", SAFETY, safety.readers),
    Check("debug", SAFETY, safety.debug, needs_database=False, has_names=False),
    Check("https", SAFETY, safety.encryption, needs_database=False),
    Check("provider-keys", SAFETY, safety.provider_keys),
    Check("backup", UPKEEP, upkeep.backup),
    Check("chores", UPKEEP, upkeep.chores),
    Check("retention", UPKEEP, upkeep.retention),
    Check("log", UPKEEP, upkeep.log, has_names=False),
]
NAMES = [check.name for check in CHECKS]


@dataclass(frozen=True, slots=True)
class Report:
    """The findings, in the order of the checks."""

    found: Sequence[tuple[Check, Finding]]

    @property
    def level(self) -> Level:
        return max((finding.level for _, finding in self.found), default=Level.OK)

    @property
    def verdict(self) -> str:
        """The sentence that sums it up."""
        return verdict(self.problems, self.notes)

    @property
    def problems(self) -> int:
        return self._count(Level.PROBLEM)

    @property
    def notes(self) -> int:
        return self._count(Level.NOTE)

    def _count(self, level: Level) -> int:
        return sum(finding.level is level for _, finding in self.found)

    @property
    def groups(self) -> list[tuple[str, list[tuple[Check, Finding]]]]:
        """The findings by group; in each, the most important come first."""
        by_group = groupby(self.found, key=lambda each: each[0].group)
        return [(group, sorted(found, key=lambda each: -each[1].level)) for group, found in by_group]

    @property
    def worst(self) -> Finding | None:
        """The most important finding; None where all is well."""
        worst = max((finding for _, finding in self.found), key=lambda each: each.level, default=None)
        return worst if worst and not worst.is_ok else None

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "level": self.level.name.lower(),
            "checks": [
                {
                    "name": check.name,
                    "group": check.group,
                    "level": finding.level.name.lower(),
                    "sentence": finding.sentence,
                    "do": finding.do,
                }
                for check, finding in self.found
            ],
        }


def verdict(problems: int, notes: int) -> str:
    """Return the sentence for these numbers of findings."""
    also = f" {counted(notes, 'more thing')} to look at." if notes else ""
    if problems:
        return f"{counted(problems, 'thing')} must be put right.{also}"
    return f"The site works. {counted(notes, 'thing')} to look at." if notes else "All is well."


def examine(names: Iterable[str] = ()) -> Report:
    """Run the checks of these names, or all. Where the database does not answer, those that need it are left out."""
    wanted = set(names) or set(NAMES)
    return _report([check for check in CHECKS if check.name in wanted])


def quick() -> Report:
    """Run the checks that take milliseconds."""
    return _report([check for check in CHECKS if check.is_quick])


def _report(checks: Iterable[Check]) -> Report:
    found: list[tuple[Check, Finding]] = []
    has_database = True
    for check in checks:
        if has_database or not check.needs_database:
            findings, has_database = _findings(check, has_database)
            found += [(check, finding) for finding in findings]
    return Report(found)


def _findings(check: Check, has_database: bool) -> tuple[list[Finding], bool]:
    """Return what a check finds, and whether the database can be used by those after it."""
    try:
        if check.needs_database:
            database.check_is_there()
        found = check.run()
    except DatabaseError as error:
        return [replace(database.unreachable(error), has_names=True)], False
    except (ImproperlyConfigured, OSError) as error:
        return [replace(problem(" ".join(str(error).split())), has_names=True)], has_database
    findings = found if isinstance(found, list) else [found] if found else []
    is_other_version = check.name == "migrations" and any(not each.is_ok for each in findings)
    return findings, has_database and not is_other_version
