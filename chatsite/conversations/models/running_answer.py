"""Answers that are being written, as the admin's live board shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Length, Now

from chatsite.conversations.models.completion import Completion
from chatsite.conversations.models.log_entry import LogEntry
from chatsite.providers.models import Model

# The speed is that of the last seconds.
SPEED_SPAN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class RunningRow:
    """One answer. Times in seconds; `speed`: characters a second; None where nothing has been written yet."""

    pk: int
    person: str
    model: str
    providers: str
    seconds: float
    first_word_seconds: float | None
    speed: float | None
    is_stopping: bool


class RunningAnswer(Completion):
    """A completion that is being written."""

    class Meta:
        proxy = True
        verbose_name = "running answer"
        default_permissions = ["view"]
        permissions = [("stop_runninganswer", "Can stop running answers")]

    @classmethod
    def rows(cls) -> list[RunningRow]:
        """Return all of all workers, the oldest first, by two queries."""
        log = LogEntry.objects.filter(completion=OuterRef("pk"))
        recent = log.filter(at__gte=Now() - SPEED_SPAN).order_by().values("completion")
        running = (
            cls.objects.streaming()
            .annotate(
                now=Now(),
                first_entry=Subquery(log.order_by("offset").values("at")[:1]),
                recent=Subquery(recent.annotate(size=Sum(Length("text"))).values("size")),
            )
            .order_by("started")
            .values_list(
                "pk", "message__conversation__owner__username", "model", "started", "now", "first_entry",
                "recent", "stop_requested",
            )
        )  # fmt: skip
        found = list(running)
        providers = _providers({row[2] for row in found}) if found else {}
        return [_row(providers, *row) for row in found]


def _row(
    providers: dict[str, str],
    pk: int,
    person: str,
    model: str,
    started: datetime,
    now: datetime,
    first: datetime | None,
    recent: int | None,
    is_stopping: bool,
) -> RunningRow:
    first_word = (first - started).total_seconds() if first else None
    age = (now - started).total_seconds()
    speed = (recent or 0) / min(SPEED_SPAN.total_seconds(), max(age, 1)) if first else None
    return RunningRow(pk, person, model, providers.get(model, ""), age, first_word, speed, is_stopping)


def _providers(names: set[str]) -> dict[str, str]:
    """Return the providers of each model, in the order in which they are asked."""
    found: dict[str, list[str]] = {}
    for name, provider in (
        Model.objects.offered().filter(name__in=names).values_list("name", "provider__name")
    ):
        found.setdefault(name, []).append(provider)
    return {name: ", then ".join(providers) for name, providers in found.items()}
