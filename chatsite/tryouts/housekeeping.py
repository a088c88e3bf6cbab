"""Tryouts are deleted after 30 days."""

from collections.abc import Iterable

from chatsite.tryouts.models import Tryout, TryoutAnswer


def housekeeping() -> Iterable[dict[str, int]]:
    """Delete what is older, and end the answers of processes that are gone."""
    TryoutAnswer.objects.end_lost()
    Tryout.objects.expired().delete()
    return []
