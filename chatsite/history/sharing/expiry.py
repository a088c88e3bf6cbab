"""Deletes links that expired some time ago, with the texts that they showed."""

from collections.abc import Iterable

from chatsite.history.sharing.models import Share

# Links of one transaction: each may have thousands of messages.
AT_ONCE = 20


def housekeeping() -> Iterable[dict[str, int]]:
    """Delete what expired long enough ago. What was updated meanwhile stays."""
    while found := list(Share.objects.expired_long_ago().values_list("pk", flat=True)[:AT_ONCE]):
        Share.objects.expired_long_ago().filter(pk__in=found).delete()
    return []
