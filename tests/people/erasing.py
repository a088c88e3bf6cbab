"""How people are erased in the admin, and what is left."""

from datetime import timedelta

from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.people.erasure import WAIT
from chatsite.people.models import Erasure

PEOPLE = "/admin/auth/user/"


def kept() -> tuple[int, int, int]:
    return Conversation.objects.count(), Message.objects.count(), Completion.objects.count()


def url(*people) -> str:
    return f"{PEOPLE}{','.join(str(person.pk) for person in people)}/erase/"


def erase(client, *people, reason="She asked for it."):
    return client.post(url(*people), {"reason": reason}, follow=True).content.decode()


def wait(time: timedelta = WAIT) -> None:
    """As if so much time had passed since the erasures were planned."""
    for erasure in Erasure.objects.all():
        Erasure.objects.filter(pk=erasure.pk).update(due=erasure.due - time)
