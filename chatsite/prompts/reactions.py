"""What people did with the answers of each version of a prompt, in the last days. See `answers` for counts alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Case, Count, Exists, F, FloatField, Func, OuterRef, When

from chatsite.prompts.answers import (
    Numbers,
    all_answers,
    answers_since,
    messages,
    newest_since,
    since_each,
    was_asked_again,
)
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion

# The newest answers of a prompt that are read, in equal parts of its versions: a page takes as long with a million.
MAX_ANSWERS = 10_000
# Of all prompts of a list together.
MAX_LISTED_ANSWERS = 3_000
COLUMNS = (
    "prompt_version", "message", "status", "finish_reason", "text_before", "completion_tokens", "waited",
    "again", "edited", "message__feedback__value",
)  # fmt: skip


@dataclass(slots=True)
class Reactions:
    """Counts of a version's answers. cut: by their length. tokens, seconds: of each, for the medians. is_part: there
    are more, and these are the newest."""

    answers: int = 0
    failed: int = 0
    stopped: int = 0
    cut: int = 0
    continued: int = 0
    again: int = 0
    edited: int = 0
    good: int = 0
    bad: int = 0
    tokens: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    is_part: bool = False

    @property
    def is_few(self) -> bool:
        return Numbers(self.answers).is_few

    @property
    def shares(self) -> list[tuple[int, str]]:
        """Each count with its share in percent, in the order of the page's columns."""
        counts = (
            self.stopped, self.again, self.edited, self.continued, self.cut, self.failed, self.good, self.bad,
        )  # fmt: skip
        return [(count, percent(count, self.answers)) for count in counts]

    @property
    def median_tokens(self) -> float | None:
        return median(self.tokens) if self.tokens else None

    @property
    def median_seconds(self) -> float | None:
        """From sending to the first word."""
        return median(self.seconds) if self.seconds else None


def percent(count: int, of: int) -> str:
    """Return a share in percent: whole from 10 on, below that with one place."""
    share = 100 * count / of if of else 0.0
    return f"{share:.0f}" if share >= 10 or not share else f"{share:.1f}"


def reactions(prompt: SystemPrompt, since: datetime, most: int = MAX_ANSWERS) -> dict[int, Reactions]:
    """Return what people did with answers since a time, by the ids of the versions that have some; by three statements.
    The medians are exact: those of the answers that are counted."""
    answering = _versions_with_answers([prompt.pk], since)
    if not answering:
        return {}
    most_each = max(1, most // len(answering))
    found = {pk: Reactions() for pk in answering}
    _add_up(found, _rows(newest_since(answering, since, most_each)))
    for each in found.values():
        each.is_part = each.answers >= most_each
    return found


def reactions_of(
    prompts: Iterable[int], since: datetime, most: int = MAX_LISTED_ANSWERS
) -> dict[int, Reactions]:
    """Return what people did with the newest answers since a time, by the ids of prompts; by three statements."""
    answering = _versions_with_answers(prompts, since)
    if not answering:
        return {}
    found = {prompt: Reactions() for prompt in answering.values()}
    rows = _rows(newest_since(answering, since, max(1, most // len(answering))))
    _add_up({version: found[prompt] for version, prompt in answering.items()}, rows)
    return found


def counts_of(prompts: Iterable[int], since: datetime) -> dict[int, int]:
    """Return the number of all answers since a time, by the ids of prompts."""
    of_prompts = answers_since(since).filter(prompt_version__prompt__in=prompts)
    return dict(of_prompts.values_list("prompt_version__prompt").annotate(Count("pk")))


def _versions_with_answers(prompts: Iterable[int], since: datetime) -> dict[int, int]:
    """The prompts of versions that have answers, by the versions' ids."""
    recent = answers_since(since).filter(prompt_version=OuterRef("pk"))
    versions = SystemPromptVersion.objects.filter(Exists(recent), prompt__in=prompts)
    return dict(versions.order_by().values_list("pk", "prompt"))


def _rows(beginnings: Iterable[tuple[int, datetime]]) -> Iterable[tuple[Any, ...]]:
    """Return the newest answers of each version, from the times of `newest_since` on."""
    answers = all_answers().filter(since_each(beginnings))
    waited = Seconds("first_delta", "started")
    found = answers.annotate(again=was_asked_again(), edited=_edited(), waited=waited)
    return found.values_list(*COLUMNS).iterator()


class Seconds(Func):
    """Seconds from the second time to the first, counted by the database. SQLite has times as texts: to read two of
    them in Python takes as long as to fetch the row."""

    output_field = FloatField()

    def as_sqlite(self, compiler, connection, **context):
        template = "round((julianday(%(expressions)s)) * 86400, 3)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)

    def as_postgresql(self, compiler, connection, **context):
        template = "EXTRACT(EPOCH FROM %(expressions)s)::float8"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **context)


def _edited() -> Case:
    """Whether the question was edited. First messages have no parent; the sum keeps databases from reading
    those of all conversations. A case, because SQLite evaluates both sides of an AND."""
    later = messages().filter(role="user", pk__gt=OuterRef("message__parent"))
    firsts = later.filter(conversation=OuterRef("message__conversation")).alias(before=F("parent_id") + 0)
    return Case(
        When(message__parent__parent=None, then=Exists(firsts.filter(before=None))),
        default=Exists(later.filter(parent=OuterRef("message__parent__parent"))),
    )


def _add_up(found: dict[int, Reactions], rows: Iterable[tuple[Any, ...]]) -> None:
    rated: dict[int, tuple[Reactions, int]] = {}
    for version, message, status, reason, before, tokens, waited, again, edited, value in rows:
        each = found[version]
        each.answers += 1
        each.failed += status == "failed"
        each.stopped += status == "stopped"
        each.cut += reason == "length"
        each.continued += before > 0
        each.again += again
        each.edited += edited
        if tokens is not None:
            each.tokens.append(tokens)
        if waited is not None:
            each.seconds.append(waited)
        if value:
            rated[message] = each, value
    # One that was continued was rated once.
    for each, value in rated.values():
        each.good += value > 0
        each.bad += value < 0
