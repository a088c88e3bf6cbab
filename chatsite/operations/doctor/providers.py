"""Checks of models and providers, from what is stored: no request is sent."""

from collections import Counter
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from chatsite.conversations.models import Completion, Status
from chatsite.operations.doctor.findings import Finding, note, problem
from chatsite.providers.models import Model, Origin, Provider
from chatsite.providers.rests import failure_summary
from chatsite.wording import counted

PERIOD = timedelta(days=1)
# Of all providers together; on a site with more a day, the newest.
MAX_ANSWERS = 10_000
MIN_FAILURES = 3


def models() -> Finding:
    """Somebody can choose a model."""
    offered = list(
        Model.objects.offered().annotate(count=Count("groups")).values_list("provider__origin", "count")
    )
    if not offered:
        return problem("No model is offered to anybody.", "Add a provider in the admin, or offer its models.")
    if {origin for origin, _ in offered} == {Origin.DEMO}:
        return note(
            "Only the demo model answers, and its answers are fixed texts.", "Add a provider in the admin."
        )
    to_all = sum(not groups for _, groups in offered)
    return Finding(
        f"{counted(to_all, 'model')} offered to everyone, {len(offered) - to_all:,} to groups only."
    )


def providers() -> list[Finding]:
    """The answers of each provider in the last 24 hours, and whether it rests."""
    counts = _counts()
    return [_provider(each, counts.get(each.pk, Counter())) for each in Provider.objects.in_use()]


def _provider(provider: Provider, counts: Counter[tuple[str, str]]) -> Finding:
    said = f"{provider}: {_in_words(counts)}"
    failed = sum(count for (status, _), count in counts.items() if status == Status.FAILED)
    if provider.is_resting:
        return problem(
            f"{said} {failure_summary(provider)}", "Its page in the admin has a test, and “Try again”."
        )
    if provider.failing_since:
        return note(f"{said} {failure_summary(provider)}", "Its page in the admin has a test.")
    if provider.error:
        return note(
            f"{said} It returned no list of models: {provider.error}", "Its page in the admin has a test."
        )
    if failed >= MIN_FAILURES and failed * 2 > sum(counts.values()):
        return note(said, "More than half failed: its page in the admin has a test.")
    return Finding(said)


def _in_words(counts: Counter[tuple[str, str]]) -> str:
    kinds = [
        f"{count:,} {kind.replace('_', ' ') or 'unknown'}"
        for (status, kind), count in counts.most_common()
        if status == Status.FAILED
    ]
    failed = f", of which failed: {', '.join(kinds)}" if kinds else ""
    answers = counted(sum(counts.values()), "answer") if counts else "no answers"
    return f"{answers} in the last 24 hours{failed}."


def _counts() -> dict[int | None, Counter[tuple[str, str]]]:
    """Return how many answers ended how, by provider."""
    newest = Completion.objects.order_by("-pk").values("pk")[:MAX_ANSWERS]
    recent = Completion.objects.filter(pk__in=newest, started__gte=timezone.now() - PERIOD)
    rows = recent.order_by().values_list("provider", "status", "error_kind").annotate(count=Count("pk"))
    found: dict[int | None, Counter[tuple[str, str]]] = {}
    for provider, status, kind, count in rows:
        found.setdefault(provider, Counter())[status, kind] += count
    return found
