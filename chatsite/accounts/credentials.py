"""Whether the people whose pages are open are still signed in. A socket does not notice a sign-out by itself."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Exists
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chatsite.statements import Given, Select


class Credential(NamedTuple):
    """What a page was opened with: the user's id, the session's key, and the hash of the password in that session."""

    user_id: int
    session_key: str
    password_hash: str


def credential(user_id: int, session: SessionBase) -> Credential:
    return Credential(user_id, session.session_key or "", session.get(HASH_SESSION_KEY, ""))


def is_signed_in(credential: Credential) -> bool:
    """Return whether a credential is still valid, by one query."""
    held = PASSWORD.row(user=credential.user_id, session=credential.session_key, now=timezone.now())
    return held is not None and constant_time_compare(
        credential.password_hash, User(password=held[0]).get_session_auth_hash()
    )


def _password() -> Any:
    """Of an active user who has this session."""
    expiry = Given("now", Session._meta.get_field("expire_date"))
    sessions = Session.objects.filter(session_key=Given("session", Session._meta.pk), expire_date__gt=expiry)
    users = User.objects.filter(Exists(sessions), pk=Given("user", User._meta.pk), is_active=True)
    return users.values_list("password")


PASSWORD = Select(_password)


def still_signed_in(credentials: Iterable[Credential]) -> set[Credential]:
    """Return the valid ones: the user is active, the session has not ended, and the password is the same."""
    asked = set(credentials)
    users = User.objects.filter(pk__in={each.user_id for each in asked}, is_active=True)
    hashes = {user.pk: user.get_session_auth_hash() for user in users}
    sessions = Session.objects.filter(
        session_key__in={each.session_key for each in asked}, expire_date__gt=timezone.now()
    )
    open_sessions = set(sessions.values_list("session_key", flat=True))
    return {
        each
        for each in asked
        if each.session_key in open_sessions
        and constant_time_compare(each.password_hash, hashes.get(each.user_id, ""))
    }
