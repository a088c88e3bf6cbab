"""Turns, as the tests of conversations save and end them."""

from uuid import uuid4

from chatsite.conversations.models import Completion, Status
from chatsite.conversations.options import Options
from chatsite.conversations.turns import NewMessage, create_message


def send(user, text="Hello?", conversation=None, message=None, parent="head", **options):
    return create_message(
        user, conversation or uuid4(), NewMessage(message or uuid4(), text, parent, Options(**options))
    )


def end(turn, status=Status.COMPLETE):
    Completion.objects.filter(pk=turn.completion.pk).update(status=status)
