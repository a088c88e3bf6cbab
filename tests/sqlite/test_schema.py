"""Changes of tables in SQLite keep the triggers, and with them the search index in step."""

import pytest
from django.contrib.auth.models import User
from django.db import connection, models

from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.history.models import SearchEntry

pytestmark = pytest.mark.django_db(transaction=True)


def triggers() -> dict[str, str]:
    with connection.cursor() as cursor:
        return dict(cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())


@pytest.mark.parametrize("model", [Message, Conversation, Completion])
def test_a_changed_table_keeps_its_triggers_and_rows(model):
    conversation = Conversation.objects.create(owner=User.objects.create_user("alice"), title="Herbs")
    message = Message.objects.create(conversation=conversation, role="user", text="Thyme")
    before, entry = triggers(), SearchEntry.objects.get()
    stars = models.IntegerField(default=3)
    stars.set_attributes_from_name("stars")
    with connection.schema_editor() as editor:
        editor.add_field(model, stars)
    with connection.schema_editor() as editor:
        editor.remove_field(model, stars)
    assert triggers() == before and before
    assert SearchEntry.objects.get().place == entry.place
    message.delete()
    assert not SearchEntry.objects.exists()


def test_a_table_without_triggers_is_changed_as_ever():
    stars = models.IntegerField(default=3)
    stars.set_attributes_from_name("stars")
    with connection.schema_editor() as editor:
        editor.add_field(User, stars)
    with connection.schema_editor() as editor:
        editor.remove_field(User, stars)
    assert User.objects.create_user("alice").pk
