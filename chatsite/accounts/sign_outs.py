"""Signs people out on all their devices."""

from collections.abc import Iterable

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

CHUNK_ROWS = 500


def sign_out_everywhere(people: Iterable[User]) -> int:
    """Delete all sessions of these people, and return how many. A session says whose it is only in its text."""
    wanted = {str(person.pk) for person in people}
    open_sessions = Session.objects.filter(expire_date__gt=timezone.now())
    keys = [
        session.session_key
        for session in open_sessions.iterator(chunk_size=CHUNK_ROWS)
        if session.get_decoded().get(SESSION_KEY) in wanted
    ]
    for start in range(0, len(keys), CHUNK_ROWS):
        Session.objects.filter(session_key__in=keys[start : start + CHUNK_ROWS]).delete()
    return len(keys)
