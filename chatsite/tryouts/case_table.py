"""The table of a run of cases: a row for each case, those whose answers changed first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from django.db.models import Prefetch

from chatsite.prompts.models import SystemPromptVersion
from chatsite.tryouts.models import CaseRun, Status, Tryout, TryoutAnswer


class Difference(IntEnum):
    """How an answer differs from that of the live version, in the order in which people want to see it."""

    WORSE = 1
    UNANSWERED = 2
    BETTER = 3
    REWORDED = 4
    SAME_RESULT = 5
    SAME = 6
    ALONE = 7
    RUNNING = 8

    @property
    def sentence(self) -> str:
        return SENTENCES[self]


SENTENCES = {
    Difference.WORSE: "does not pass any more",
    Difference.UNANSWERED: "was not answered",
    Difference.BETTER: "passes now",
    Difference.REWORDED: "reads differently",
    Difference.SAME_RESULT: "other words, same result",
    Difference.SAME: "same answer",
    Difference.ALONE: "",
    Difference.RUNNING: "is being answered",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case. live: None where nothing was live, or where that is what was run."""

    tried: Tryout
    live: TryoutAnswer | None
    new: TryoutAnswer

    @property
    def answers(self) -> list[TryoutAnswer]:
        return [self.live, self.new] if self.live else [self.new]

    @property
    def difference(self) -> Difference:
        if any(each.is_running for each in self.answers):
            return Difference.RUNNING
        if any(each.status != Status.COMPLETE for each in self.answers):
            return Difference.UNANSWERED
        return _between(self.live, self.new) if self.live else Difference.ALONE


def _between(live: TryoutAnswer, new: TryoutAnswer) -> Difference:
    if live.passed != new.passed:
        return Difference.BETTER if new.passed else Difference.WORSE
    if live.text.strip() == new.text.strip():
        return Difference.SAME
    return Difference.REWORDED if new.passed is None else Difference.SAME_RESULT


@dataclass(frozen=True, slots=True)
class CaseTable:
    """A run and its rows."""

    run: CaseRun
    rows: list[Row]

    @property
    def answers(self) -> list[TryoutAnswer]:
        return [answer for row in self.rows for answer in row.answers]

    @property
    def ended(self) -> int:
        return sum(not answer.is_running for answer in self.answers)

    @property
    def is_running(self) -> bool:
        return self.ended < len(self.answers)

    @property
    def changed(self) -> list[Row]:
        """Those whose check has another result."""
        return self._of(lambda row: row.difference in (Difference.WORSE, Difference.BETTER))

    @property
    def unanswered(self) -> list[Row]:
        """Those with an answer that failed or was stopped: nothing is known of them."""
        return self._of(lambda row: row.difference == Difference.UNANSWERED)

    @property
    def reworded(self) -> list[Row]:
        """Those without a check whose answers have other words."""
        return self._of(lambda row: row.difference == Difference.REWORDED)

    @property
    def failing(self) -> list[Row]:
        """Those whose new answer does not pass."""
        return self._of(lambda row: row.new.passed is False)

    def _of(self, condition: Callable[[Row], bool]) -> list[Row]:
        return [row for row in self.rows if condition(row)]

    @property
    def outdated(self) -> list[str]:
        """Return the names of cases that were changed or deleted since."""
        return [row.tried.case_name for row in self.rows if _is_outdated(row.tried, self.run.made)]


def _is_outdated(tried: Tryout, made: datetime) -> bool:
    return tried.case is None or tried.case.changed > made


def case_table(run: CaseRun) -> CaseTable:
    """Return the table of a run so far, by two statements."""
    answers = TryoutAnswer.objects.select_related("version", "provider", "tryout")
    tries = run.tryouts.select_related("case").prefetch_related(Prefetch("answers", answers))
    rows = [_row(run, tried) for tried in tries.order_by("case_name")]
    return CaseTable(run, sorted(rows, key=lambda row: row.difference))


def _row(run: CaseRun, tried: Tryout) -> Row:
    by_version = {answer.version_id: answer for answer in tried.answers.all()}
    live = by_version.get(run.live_id) if len(run.versions) > 1 else None
    return Row(tried, live, by_version[run.version_id])


def newest_run(version: SystemPromptVersion) -> CaseRun | None:
    """Return the newest run of a version, by any person."""
    related = CaseRun.objects.select_related("live", "version", "prompt", "owner")
    newest: CaseRun | None = related.filter(version=version).first()
    return newest
