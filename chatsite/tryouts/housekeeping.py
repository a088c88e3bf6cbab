"""Tryouts are deleted after 30 days."""

from collections.abc import Iterable

from django.utils import timezone

from chatsite.tryouts.case_run import CaseRun
from chatsite.tryouts.models import KEPT, Tryout, TryoutAnswer


def housekeeping() -> Iterable[dict[str, int]]:
    """Delete what is older, and end the answers of processes that are gone."""
    TryoutAnswer.objects.end_lost()
    Tryout.objects.expired().delete()
    CaseRun.objects.filter(made__lt=timezone.now() - KEPT).delete()
    return []
