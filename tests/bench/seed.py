"""What a benchmarked site is filled with. Runs inside that site: `manage.py shell -c`."""

import sys
from importlib import import_module
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.db import transaction

from chatsite.conversations.models import Conversation, Outcome, Status

SESSION = import_module(settings.SESSION_ENGINE).SessionStore


@transaction.atomic
def people(count: int) -> None:
    """Make people who are signed in; print their cookies."""
    cookies = []
    for _ in range(count):
        person = User(username=uuid4().hex)
        person.set_unusable_password()
        person.save()
        session = SESSION()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    sys.stdout.write(f"{' '.join(cookies)}\n")


@transaction.atomic
def conversation(cookie: str, messages: int) -> None:
    """Make a conversation of so many messages of the person with this cookie; print its uuid."""
    session = SESSION(cookie.partition("=")[2])
    made = Conversation.objects.create(owner_id=session[SESSION_KEY])
    for number in range(messages // 2):
        question = made.say(uuid4(), f"What does gauge {number} say?", made.head)
        text = f"Gauge {number} says {number * 37 % 1000} mm, a little more than an hour ago. " * 4
        made.reply_to(question, model="bench").finish(Outcome(Status.COMPLETE, text))
    made.keep()
    sys.stdout.write(f"{made.uuid}\n")
