"""Erasing people: they are deactivated at once, and deleted with all that is theirs after some days."""

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from chatsite.accounts.sign_outs import sign_out_everywhere
from chatsite.audit.recording import COMMAND_LINE, SITE, record
from chatsite.conversations.models import Completion, Conversation
from chatsite.people.models import Erasure
from chatsite.people.superusers import keeps_one_without

WAIT = timedelta(days=7)
# Conversations of one query, and seconds between two of them, for others to write in.
AT_ONCE = 500
PAUSE_SECONDS = 0.01

OWN_ACCOUNT = "You cannot erase your own account. Another admin can."
LAST_SUPERUSER = (
    "This would leave no active superuser, so nobody could do everything. Make another one first."
)


class NotPossible(Exception):
    """Its text is a sentence that says why."""


def refuse(people: Sequence[User], by: User | None) -> None:
    """Raises NotPossible where one of these people must not be erased, by this admin or by anybody."""
    if by and any(person.pk == by.pk for person in people):
        raise NotPossible(OWN_ACCOUNT)
    if not keeps_one_without(people):
        raise NotPossible(LAST_SUPERUSER)


def plan(people: Sequence[User], reason: str, by: User | None = None) -> list[Erasure]:
    """Deactivate people, sign them out everywhere, stop their answers, and erase them when the wait is over.

    Who will be erased already is left as it is. Raises NotPossible.
    """
    with transaction.atomic():
        refuse(people, by)
        stored = User.objects.filter(pk__in=[person.pk for person in people]).order_by("pk")
        # Somebody else may be planning the same.
        list(stored.select_for_update(no_key=True).values_list("pk"))
        planned = [_planned(person, reason, by) for person in stored.filter(erasure=None)]
        User.objects.filter(erasure__in=planned).update(is_active=False)
    sign_out_everywhere(people)
    Completion.objects.stop_of_deactivated()
    return planned


def _planned(person: User, reason: str, by: User | None) -> Erasure:
    return Erasure.objects.create(
        person=person,
        was_active=person.is_active,
        reason=reason,
        by=by,
        by_name=by.get_username() if by else COMMAND_LINE,
        due=timezone.now() + WAIT,
    )


def keep(person: User) -> None:
    """Do not erase a person, who is as active as before. Raises NotPossible where it is too late."""
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().filter(person=person).first()
        if erasure is None:
            raise NotPossible(f"Nobody has asked to erase {person}.")
        if erasure.has_begun:
            raise NotPossible(f"It is too late to keep {person}, who is being erased now.")
        User.objects.filter(pk=person.pk).update(is_active=erasure.was_active)
        erasure.delete()


def housekeeping() -> Iterable[dict[str, int]]:
    """Erase everybody whose wait is over."""
    for erasure in Erasure.objects.due().select_related("person"):
        _delete_conversations(erasure.person)
        _delete(erasure)
    return []


def _delete_conversations(person: User) -> None:
    """Each in its own transaction: one for all would keep others from writing for too long."""
    theirs = Conversation.objects.filter(owner=person).select_related("owner").only("pk", "owner")
    while found := list(theirs[:AT_ONCE]):
        for conversation in found:
            conversation.delete()
            time.sleep(PAUSE_SECONDS)


def _delete(erasure: Erasure) -> None:
    """Delete the person, unless somebody has activated them meanwhile. Events and the ledger keep the name."""
    person, reason = erasure.person, f"{erasure.reason} (asked for by {erasure.by_name})"
    with transaction.atomic():
        if Erasure.objects.due().select_for_update(of=["self"]).filter(pk=erasure.pk).exists():
            record("erased", person, by=SITE, reason=reason)
            person.delete()
