"""What people did with the answers of versions, from the completions that name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.providers.audience import people_in
from chatsite.providers.models import Model

WEEK = timedelta(days=7)
DAYS = 7
# Shares of fewer answers than this say little.
MIN_ANSWERS = 50


@dataclass(frozen=True, slots=True)
class Numbers:
    """Counts of answers. again: those that were regenerated; bad: those that somebody marked so."""

    answers: int = 0
    failed: int = 0
    stopped: int = 0
    again: int = 0
    bad: int = 0

    def percent(self, count: int) -> int | None:
        return round(100 * count / self.answers) if self.answers else None

    @property
    def failed_percent(self) -> int | None:
        return self.percent(self.failed)

    @property
    def stopped_percent(self) -> int | None:
        return self.percent(self.stopped)

    @property
    def again_percent(self) -> int | None:
        return self.percent(self.again)

    @property
    def bad_percent(self) -> int | None:
        return self.percent(self.bad)

    @property
    def is_few(self) -> bool:
        return self.answers < MIN_ANSWERS


def numbers_of(versions: Iterable[int], since: datetime) -> dict[int, Numbers]:
    """Return the numbers of versions, by their ids, for answers since a time."""
    return _counted(answers_since(since).filter(prompt_version__in=versions))


def numbers_begun(versions: Iterable[int], since: datetime, most: int) -> dict[int, Numbers]:
    """Return the numbers of versions, by their ids, in conversations that began since a time, from the newest answers
    of each: it takes as long with a million."""
    newest = all_answers().filter(since_each(newest_since(versions, since, most)))
    return _counted(newest.filter(message__conversation__created__gte=since))


def _counted(answers) -> dict[int, Numbers]:
    rows = answers.values_list("prompt_version").annotate(
        answers=Count("pk"),
        failed=Count("pk", filter=Q(status="failed")),
        stopped=Count("pk", filter=Q(status="stopped")),
        again=Count("pk", filter=Q(was_asked_again())),
        bad=Count("pk", filter=Q(_was_marked_bad())),
    )
    return {pk: Numbers(*counts) for pk, *counts in rows}


def newest_since(versions: Iterable[int], since: datetime, most: int) -> Iterable[tuple[int, datetime]]:
    """Return for each version the time of the oldest of its newest `most` answers; `since` where there are fewer."""
    own = answers_since(since).filter(prompt_version=OuterRef("pk"))
    oldest = Subquery(own.order_by("-started").values("started")[most - 1 : most])
    begun = Coalesce(oldest, Value(since, DateTimeField()))
    return SystemPromptVersion.objects.filter(pk__in=versions).order_by().values_list("pk", begun)


def since_each(beginnings: Iterable[tuple[int, datetime]]) -> Q:
    """Return the condition for the answers of versions, each from its own time on. Each uses the index."""
    return Q(*(Q(prompt_version=pk, started__gte=begun) for pk, begun in beginnings), _connector=Q.OR)


def answers_since(since: datetime):
    return all_answers().filter(started__gte=since)


def all_answers():
    """Return the completions of all versions."""
    return SystemPromptVersion.completion_set.rel.related_model.objects.order_by()


def was_asked_again() -> Exists:
    """Whether an answer was regenerated."""
    replies = messages().filter(parent=OuterRef("message__parent"), pk__gt=OuterRef("message"))
    return Exists(replies)


def _was_marked_bad() -> Exists:
    feedback = messages().model._meta.get_field("feedback").related_model.objects
    return Exists(feedback.filter(message=OuterRef("message"), value__lt=0))


def messages():
    return all_answers().model._meta.get_field("message").related_model.objects


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a release is. groups: names; none means everybody. open: conversations with a message this week."""

    groups: list[str]
    people: int
    open: int
    on_trial: int | None = None


def audience(prompt: SystemPrompt) -> Audience:
    groups = list(prompt.groups.order_by("name"))
    open_ones = prompt.conversation_set.filter(updated__gte=timezone.now() - WEEK)
    return Audience([group.name for group in groups], people_in(groups), open_ones.count())


@dataclass(frozen=True, slots=True)
class Price:
    """What a longer or shorter text costs: tokens an answer, answers a day, money a day; `unpriced`: answers a day of
    models without a price, which are not in the money."""

    tokens: int
    answers: float
    money: Decimal | None
    unpriced: float = 0

    @property
    def fewer(self) -> int:
        return -self.tokens


def price_of(prompt: SystemPrompt, tokens: int) -> Price:
    """Return what `tokens` more (or fewer) an answer cost a day, at this week's use of the prompt."""
    since = timezone.now() - WEEK
    rows = list(
        SystemPromptVersion.objects.filter(prompt=prompt, completion__started__gte=since)
        .order_by()
        .values_list("completion__provider", "completion__model")
        .annotate(Count("completion"))
    )
    models = Model.objects.filter(name__in={name for _, name, _ in rows})
    prices = {(model.provider_id, model.name): model.prices[0] for model in models}
    priced = [(count, prices.get((provider, name))) for provider, name, count in rows]
    known = [(count, price) for count, price in priced if price is not None]
    money = sum((count * tokens * price / 1_000_000 / DAYS for count, price in known), Decimal())
    total = sum(count for count, _ in priced)
    unpriced = total - sum(count for count, _ in known)
    return Price(tokens, total / DAYS, money if known else None, unpriced / DAYS)
