"""The statement that saves fields of a conversation, and returns what lists show of it."""

from functools import cache
from typing import Any

from django.db.models.functions import Now

from chatsite.conversations.models.completion import Completion
from chatsite.conversations.models.folder import Folder
from chatsite.conversations.models.message import Message
from chatsite.statements import Given, Update


@cache
def touching(conversations: Any, fields: tuple[str, ...]) -> Update:
    """Return the statement for these fields of the model Conversation. It also sets `changed`."""
    meta = conversations._meta
    values = {name: Given(name, meta.get_field(name)) for name in fields} | {"changed": Now()}
    touched = conversations.objects.filter(pk=Given("pk", meta.pk))
    return Update(lambda: (touched, values), _listed(meta.db_table))


def _listed(table: str) -> str:
    return f"""changed, title, title_is_provisional, head_id,
    (SELECT uuid FROM {Message._meta.db_table} WHERE id = head_id),
    EXISTS (
        SELECT 1 FROM {Completion._meta.db_table} completion
        JOIN {Message._meta.db_table} message ON message.id = completion.message_id
        WHERE completion.status = 'streaming' AND message.conversation_id = {table}.id
    ),
    unread,
    pinned, archived, deleted, (SELECT uuid FROM {Folder._meta.db_table} WHERE id = folder_id), temporary_until"""
