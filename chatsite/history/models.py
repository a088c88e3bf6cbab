"""The entries of the search index, which only triggers of the database write; and the models of the packages below."""

from django.conf import settings
from django.db import models

from chatsite.conversations.models import Conversation, Message
from chatsite.history.exchange.models import Import, ImportItem
from chatsite.history.organising.models import Act, ActItem
from chatsite.history.retention.models import RetentionRule
from chatsite.history.sharing.models import Share, SharedMessage

__all__ = [
    "Act",
    "ActItem",
    "Import",
    "ImportItem",
    "RetentionRule",
    "SearchEntry",
    "Share",
    "SharedMessage",
    "TitleEntry",
]


class SearchEntry(models.Model):
    """A message with text in the index. `place` orders by time. `scope` has what searches are narrowed by, as words:
    o_ and the owner's id; for an answer, m_ and the folded name of its model, p_ and the id of its system prompt."""

    # An integer key is the rowid in SQLite, and needs no index of its own.
    place = models.BigAutoField(primary_key=True)
    message = models.OneToOneField(Message, models.DO_NOTHING, db_constraint=False, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    scope = models.TextField()

    def __str__(self) -> str:
        return f"{self.place}: message {self.message_id}"


class TitleEntry(models.Model):
    """A conversation with a title in the index."""

    conversation = models.OneToOneField(
        Conversation, models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    scope = models.TextField()

    def __str__(self) -> str:
        return f"conversation {self.conversation_id}"
