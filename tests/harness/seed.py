"""What a site is filled with. Runs inside that site: `manage.py shell -c`."""

import sys
from importlib import import_module
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.db import transaction

from chatsite.conversations.models import Conversation, Outcome, Status

SESSION = import_module(settings.SESSION_ENGINE).SessionStore


@transaction.atomic
def people(count: int, **flags: bool) -> None:
    """Make people who are signed in, with these flags of a user; print their cookies."""
    sys.stdout.write(f"{' '.join(_signed_in(uuid4().hex, **flags) for _ in range(count))}\n")


def person(name: str) -> None:
    """Sign in one person, made where there is none of that name; print the cookie."""
    sys.stdout.write(f"{_signed_in(name)}\n")


def _signed_in(name: str, **flags: bool) -> str:
    defaults = {"password": UNUSABLE_PASSWORD_PREFIX, **flags}
    user, _ = User.objects.get_or_create(username=name, defaults=defaults)
    session = SESSION()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@transaction.atomic
def conversation(cookie: str, messages: int) -> None:
    """Make a conversation with a number of messages of the person with this cookie; print its uuid."""
    session = SESSION(cookie.partition("=")[2])
    made = Conversation.objects.create(owner_id=session[SESSION_KEY])
    for number in range(messages // 2):
        question = made.say(uuid4(), f"What does gauge {number} say?", made.head)
        text = f"Gauge {number} says {number * 37 % 1000} mm, a little more than an hour ago. " * 4
        made.reply_to(question, model="bench").finish(Outcome(Status.COMPLETE, text))
    made.keep()
    sys.stdout.write(f"{made.uuid}\n")
