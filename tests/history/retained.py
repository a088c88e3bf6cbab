"""A rule of retention, and conversations of any age."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from chatsite.conversations.models import Conversation, Message
from chatsite.history.retention.due import NOTICE
from chatsite.history.retention.models import RetentionRule

DAY = timedelta(days=1)


def rule(days: int | None = 30, old: timedelta = NOTICE + DAY, **terms) -> RetentionRule:
    """A rule that has been in force for this long."""
    made = RetentionRule.objects.create(days=days, **terms)
    RetentionRule.objects.update(since=timezone.now() - old)
    made.refresh_from_db()
    return made


def conversation(owner, days: float, title: str = "Old", **fields) -> Conversation:
    """A conversation whose last message and last change are a number of days old."""
    moment = timezone.now() - timedelta(days=days)
    made = Conversation.objects.create(owner=owner, title=title, updated=moment, **fields)
    Message.objects.create(conversation=made, role="user", text=f"Soup {uuid4()}")
    Conversation.objects.filter(pk=made.pk).update(changed=moment)
    return made
