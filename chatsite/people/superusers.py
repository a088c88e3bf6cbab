"""The rule that one superuser of a site remains active."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction


def keeps_one_without(people: Iterable[User]) -> bool:
    """Whether an active superuser remains without these people. Where none of them is one, nothing changes.

    In a transaction, others who ask the same wait for its end.
    """
    with transaction.atomic():
        active = (
            User.objects.filter(is_superuser=True, is_active=True)
            .select_for_update(no_key=True)
            .order_by("pk")
        )
        pks, theirs = set(active.values_list("pk", flat=True)), {person.pk for person in people}
    return not pks & theirs or bool(pks - theirs)
