"""Whether the people whose pages are open are still signed in: a socket outlives a sign-out that nobody tells it of."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth import HASH_SESSION_KEY, get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Exists
from django.utils import timezone
from django.utils.crypto import constant_time_compare


class Credential(NamedTuple):
    """What a page was opened with: a person's id, a session's key, and the password's mark in that session."""

    person: int
    session: str
    mark: str


def credential(person: int, session: SessionBase) -> Credential:
    return Credential(person, session.session_key or "", session.get(HASH_SESSION_KEY, ""))


def is_signed_in(credential: Credential) -> bool:
    """Whether one still holds, by one query."""
    sessions = Session.objects.filter(session_key=credential.session, expire_date__gt=timezone.now())
    person = get_user_model().objects.filter(Exists(sessions), pk=credential.person, is_active=True).first()
    return person is not None and constant_time_compare(credential.mark, person.get_session_auth_hash())


def still_signed_in(credentials: Iterable[Credential]) -> set[Credential]:
    """Those that still hold: the person is active, the session is there, the password is the same."""
    asked = set(credentials)
    people = get_user_model().objects.filter(pk__in={asked.person for asked in asked}, is_active=True)
    marks = {person.pk: person.get_session_auth_hash() for person in people}
    sessions = Session.objects.filter(
        session_key__in={asked.session for asked in asked}, expire_date__gt=timezone.now()
    )
    open_sessions = set(sessions.values_list("session_key", flat=True))
    return {
        holds
        for holds in asked
        if holds.session in open_sessions and constant_time_compare(holds.mark, marks.get(holds.person, ""))
    }
