"""A folder: a conversation is in one or in none."""

import unicodedata
from uuid import uuid4

from django.conf import settings
from django.db import models

from chatsite.conversations.texts import storable
from chatsite.prompts.models import SystemPrompt


class FolderQuerySet(models.QuerySet):
    def of(self, user):
        """Return this person's folders, by name."""
        return self.filter(owner=user).order_by("key")

    def named(self, name: str):
        """Return those whose name contains this text, ignoring case."""
        return self.filter(key__contains=key_of(name)) if key_of(name) else self.none()


class Folder(models.Model):
    """A person's folder.

    key: the name in the form that is compared; no two folders of a person differ only in case. system_prompt: the
    prompt of new conversations in it, as long as its owner may use that prompt.
    """

    MAX_FOLDERS = 200
    MAX_NAME_CHARACTERS = 100
    # A character becomes three at most when its case is folded.
    MAX_KEY_CHARACTERS = 3 * MAX_NAME_CHARACTERS

    uuid = models.UUIDField(unique=True, default=uuid4)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="folders"
    )
    name = models.CharField(max_length=MAX_NAME_CHARACTERS)
    key = models.CharField(max_length=MAX_KEY_CHARACTERS, editable=False)
    system_prompt = models.ForeignKey(SystemPrompt, models.SET_NULL, null=True, blank=True)

    objects = FolderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="folder_names")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.key = key_of(self.name)
        super().save(*args, **kwargs)


def clean_name(typed: str) -> str:
    """Return a typed name on one line, as databases can store it; empty where nothing of it would be seen."""
    name = unicodedata.normalize("NFC", " ".join(storable(typed).split()))
    return name if any(each.isprintable() and not each.isspace() for each in name) else ""


def key_of(name: str) -> str:
    """Return a name in the form in which names are compared."""
    return clean_name(name).casefold()[: Folder.MAX_KEY_CHARACTERS]
