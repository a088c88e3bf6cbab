"""The user who is signed in with a session, read by a statement that is compiled once."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare

from chatsite.statements import Given, Objects

BACKEND = "django.contrib.auth.backends.ModelBackend"


def user_of(session: SessionBase) -> User | None:
    """Return the active user whose password and secret key are those that the session was opened with.

    Returns None for every other session. Django then finds out what is to be done: end it, renew it after the secret
    key has changed, or ask another backend.
    """
    if BACKEND not in settings.AUTHENTICATION_BACKENDS or session.get(BACKEND_SESSION_KEY) != BACKEND:
        return None
    user: User | None = USER.first(pk=session.get(SESSION_KEY))
    is_valid = (
        user
        and user.is_active
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    )
    return user if is_valid else None


USER = Objects(lambda: User.objects.filter(pk=Given("pk", User._meta.pk)))
