"""The heartbeat of a process: it stores the texts of its answers, and reads which of them may begin or must stop."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from chatsite.tryouts.models import Status, TryoutAnswer

MAX_RUNNING_PER_PERSON = 6


@dataclass(frozen=True, slots=True)
class HeartbeatResult:
    """By their ids: answers that may begin now, those to stop, and those that ended elsewhere or were deleted."""

    begun: set[int] = field(default_factory=set)
    stopped: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)


def heartbeat(ours: Iterable[int], grown: Mapping[int, tuple[str, str]]) -> HeartbeatResult:
    """Renew the heartbeats of the answers that a process writes, and store the text and reasoning of those that have
    grown."""
    ours = set(ours)
    with transaction.atomic():
        TryoutAnswer.objects.running().filter(pk__in=ours).update(heartbeat=Now())
        for pk, (text, reasoning) in grown.items():
            TryoutAnswer.objects.running().filter(pk=pk).update(text=text, reasoning=reasoning)
    rows = list(
        TryoutAnswer.objects.running()
        .filter(pk__in=ours)
        .order_by("pk")
        .values_list("pk", "status", "stop_requested", "tryout__owner", "tryout__owner__is_active")
    )
    # Those of a deactivated person are stopped, too.
    stopped = {pk for pk, _, stop, _, is_active in rows if stop or not is_active}
    waiting = [
        (pk, owner) for pk, status, _, owner, _ in rows if status == Status.WAITING and pk not in stopped
    ]
    return HeartbeatResult(_begin(waiting), stopped, ours - {pk for pk, *_ in rows})


def _begin(waiting: list[tuple[int, int]]) -> set[int]:
    """Let answers begin, up to the limit of each owner. Returns their ids."""
    owners = {owner for _, owner in waiting}
    return {pk for each in owners for pk in _begin_of(each, [pk for pk, owner in waiting if owner == each])}


def _begin_of(owner: int, waiting: list[int]) -> list[int]:
    with transaction.atomic():
        # Of two processes, the second one counts what the first one has begun.
        list(User.objects.select_for_update(no_key=True).filter(pk=owner).values_list("pk"))
        count = TryoutAnswer.objects.filter(status=Status.STREAMING, tryout__owner=owner).count()
        begun = waiting[: max(0, MAX_RUNNING_PER_PERSON - count)]
        TryoutAnswer.objects.filter(pk__in=begun, status=Status.WAITING).update(status=Status.STREAMING)
    return begun
