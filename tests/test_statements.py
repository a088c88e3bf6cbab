"""Statements that are compiled once."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now, Upper

from chatsite.conversations.models import Conversation
from chatsite.statements import Given, Insert, Objects, Select, Shared, Update

UUID = Given("uuid", Conversation._meta.get_field("uuid"))
TITLE = Given("title", Conversation._meta.get_field("title"))


def test_a_query_returns_what_the_orm_returns(alice):
    made = Conversation.objects.create(owner=alice, title="One", params={"seed": 1})
    query = Select(
        lambda: Conversation.objects.filter(uuid=UUID).values_list("pk", "uuid", "params", "updated")
    )
    assert query.row(uuid=made.uuid) == (made.pk, made.uuid, {"seed": 1}, made.updated)


def test_a_query_is_run_with_other_values_each_time(alice):
    query = Select(lambda: Conversation.objects.filter(title=TITLE).values_list("title"))
    for title in ("One", "Two"):
        Conversation.objects.create(owner=alice, title=title)
        assert query.rows(title=title) == [(title,)]
    assert query.row(title="Three") is None


@pytest.mark.parametrize("title", ["100 % of it's %s", "'); DROP TABLE x; --", "%(title)s"])
def test_constants_and_values_may_be_any_text(alice, title):
    Conversation.objects.create(owner=alice, title=title)
    query = Select(lambda: Conversation.objects.filter(Q(title=title), title=TITLE).values_list("title"))
    assert query.rows(title=title) == [(title,)]


def test_an_update_returns_what_it_changed(alice):
    made = Conversation.objects.create(owner=alice, title="One")
    rename = Update(
        lambda: (Conversation.objects.filter(uuid=UUID), {"title": Upper(TITLE), "changed": Now()}),
        "id, title",
    )
    assert rename.row(uuid=made.uuid, title="two") == (made.pk, "TWO")
    assert rename.row(uuid=uuid4(), title="two") is None


def test_an_insert_stores_an_object_and_leaves_to_the_database_what_that_knows(alice):
    made = Conversation(owner=alice, title="One", params={"seed": 1})
    Insert(Conversation).save(made)
    stored = Conversation.objects.get(pk=made.pk)
    assert (stored.uuid, stored.params, stored.created) == (made.uuid, {"seed": 1}, made.created)
    assert stored.changed is not None


def test_objects_come_with_related_ones_and_annotations(alice):
    made = Conversation.objects.create(owner=alice, title="One", params={"seed": 1})
    made.say(uuid4(), "Hello?", None)
    made.keep()

    def build():
        return Conversation.objects.filter(uuid=UUID).with_answering().select_related("head", "system_prompt")

    found = Objects(build).first(uuid=made.uuid)
    assert (found, found.title, found.params, found.head.text) == (made, "One", {"seed": 1}, "Hello?")
    assert (found.system_prompt, found.is_answering) == (None, False)
    assert Objects(build).all(uuid=uuid4()) == []


def test_shared_objects_are_the_same_until_their_rows_change_whoever_asks(db):
    asking = Given("asking", User._meta.get_field("username"))
    is_own = ExpressionWrapper(Q(username=asking), output_field=BooleanField())
    everybody = Shared(lambda: User.objects.order_by("pk").annotate(marked=is_own))
    alice, bob = (User.objects.create(username=name) for name in ("alice", "bob"))
    (before, _), own = everybody.marked(None, asking="alice")
    assert (before, own) == (alice, [alice])
    found, own = everybody.marked(None, asking="bob")
    assert found[0] is before and own == [bob]
    User.objects.filter(pk=alice.pk).update(username="alicia")
    assert everybody.marked(None, asking="bob")[0][0].username == "alicia"
    User.objects.all().delete()
    assert everybody.marked(None, asking="bob") == ([], [])
