"""Rests: a provider that keeps failing before the first word of answers is asked after all others for a while.

All workers read this from the provider's row, which a turn reads in any case. Nothing is written while answers go well.
"""

import logging
from datetime import timedelta

from django.db import Error, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.formats import date_format

from chatsite.completions import APIConnectionError, CompletionError, ProtocolError
from chatsite.providers.models import Provider

logger = logging.getLogger(__name__)

FAILURES_BEFORE_REST = 3
FIRST_REST_SECONDS = 30
MAX_REST_SECONDS = 15 * 60
# A refused key, a missing payment, a proxy, a server that gave up. Others are about the question or one model.
OWN_STATUSES = frozenset({401, 402, 403, 407, 408, 429})


def is_own_failure(error: CompletionError) -> bool:
    """Return whether a failure is the provider's: not the question's, and not that of one of its models."""
    if error.status is not None:
        return error.status in OWN_STATUSES or error.status >= 500
    return isinstance(error, APIConnectionError | ProtocolError)


def count_failure(provider: Provider, error: CompletionError) -> None:
    """Count an answer that failed before its first word. The provider rests from the third in a row on, longer each
    time, or for as long as it asks others to wait. What fails while it rests changes nothing."""
    try:
        with transaction.atomic():
            awake = Provider.objects.select_for_update().exclude(rests_until__gt=Now())
            found = awake.filter(pk=provider.pk).first()
            if found:
                _count(found, error)
    except Error:
        logger.exception("A failure of the provider %s could not be stored.", provider)


def _count(provider: Provider, error: CompletionError) -> None:
    # A busy server that says when to come back works.
    failures = provider.failures + (0 if error.status == 429 and error.retry_after else 1)
    seconds = rest_seconds(failures, error.retry_after)
    Provider.objects.filter(pk=provider.pk).update(
        failures=failures,
        failing_since=Coalesce("failing_since", Now()),
        failure=str(error)[:1000],
        rests_until=Now() + timedelta(seconds=seconds) if seconds else None,
    )
    if seconds:
        logger.warning("The provider %s rests for %.0f s: %s", provider, seconds, error)


def rest_seconds(failures: int, retry_after: float | None = None) -> float:
    """Return how long to rest after `failures` in a row; 0 for not at all."""
    doublings = failures - FAILURES_BEFORE_REST
    grown = FIRST_REST_SECONDS * 2 ** min(doublings, 10) if doublings >= 0 else 0
    return min(max(grown, retry_after or 0), MAX_REST_SECONDS)


def end_rests(*providers: Provider) -> int:
    """Forget the failures of these providers: they are asked in their turn again. Returns how many had any."""
    failing = Q(failing_since__isnull=False, pk__in=[provider.pk for provider in providers])
    return Provider.objects.filter(failing).update(
        failures=0, failing_since=None, failure="", rests_until=None
    )


def note_answer(provider: Provider) -> None:
    """The provider has said the first word of an answer."""
    try:
        end_rests(provider)
    except Error:
        logger.exception("The end of the failures of %s could not be stored.", provider)


def failure_summary(provider: Provider) -> str:
    """Return since when and why it fails or rests, as sentences; empty while it answers."""
    if provider.failing_since is None:
        return ""
    since, reason = _time(provider.failing_since), f"The last failure: {provider.failure}"
    if not provider.failures:
        failed = f"It asked for a wait at {since}."
    elif provider.failures == 1:
        failed = f"An answer failed before its first word at {since}."
    else:
        failed = f"{provider.failures} answers in a row failed before their first word, since {since}."
    return " ".join(filter(None, [_rest(provider), failed, reason]))


def _rest(provider: Provider) -> str:
    if provider.is_resting:
        return f"Rests until {_time(provider.rests_until)}: others that serve its models are asked first."
    return "Has rested; the next answer asks it again." if provider.rests_until else ""


def _time(moment) -> str:
    local = timezone.localtime(moment)
    today = timezone.localdate()
    return date_format(local, "H:i") if local.date() == today else date_format(local, "j M, H:i")
