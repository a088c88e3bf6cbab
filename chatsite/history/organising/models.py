"""What was done with conversations, as long as it can be undone."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from chatsite.conversations.models import Conversation, Folder


class Kind(models.TextChoices):
    PIN = "pin"
    UNPIN = "unpin"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"
    MOVE = "move"
    DELETE = "delete"
    RESTORE = "restore"


class Act(models.Model):
    """One thing that a person did with some conversations. folder: where they were moved to. moment: the time of
    deletion that it gave them."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, related_name="+")
    moment = models.DateTimeField(null=True)
    created = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} by {self.owner_id}"


class ActItem(models.Model):
    """A conversation that an act changed. folder, deleted: what it had before; the flags had the opposite value."""

    act = models.ForeignKey(Act, models.CASCADE, related_name="items")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, related_name="+")
    deleted = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.act_id}: {self.conversation_id}"
