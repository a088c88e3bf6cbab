"""Tryouts and runs of cases are deleted after 30 days. A person's oldest ones go earlier, where there are many."""

from collections.abc import Iterable

from django.utils import timezone

from chatsite.tryouts.models import MAX_AGE, CaseRun, Tryout


def housekeeping() -> Iterable[dict[str, int]]:
    """Delete what is older."""
    Tryout.objects.expired().delete()
    CaseRun.objects.filter(made__lt=timezone.now() - MAX_AGE).delete()
    return []
