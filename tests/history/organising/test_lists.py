"""The lists of conversations: what each shows, and what brings a conversation back to one."""

from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.utils import timezone

from chatsite.conversations.models import Conversation, Folder


def test_a_new_message_brings_an_archived_one_back(alice, conversation):
    conversation.archived = True
    conversation.save()
    conversation = Conversation.objects.get()
    conversation.say(uuid4(), "More", conversation.head)
    conversation.keep()
    conversation.refresh_from_db()
    assert not conversation.archived


@pytest.mark.parametrize(
    ("where", "titles"),
    [
        ({}, ["Pinned", "Plain", "Filed"]),
        ({"show": "pinned"}, ["Pinned"]),
        ({"show": "archived"}, ["Away"]),
        ({"show": "deleted"}, ["Gone"]),
        ({"folder": "Work"}, ["Filed"]),
    ],
)
def test_each_list_shows_its_own_and_loads_on(page, alice, where, titles):
    work = Folder.objects.create(owner=alice, name="Work")
    states = {
        "Plain": {},
        "Pinned": {"pinned": True},
        "Away": {"archived": True, "pinned": True},
        "Gone": {"deleted": timezone.now()},
        "Filed": {"folder": work},
    }
    for title, state in reversed(states.items()):
        for _ in range(25):
            Conversation.objects.create(owner=alice, title=title, **state)
    where = {"folder": str(work.uuid)} if "folder" in where else where
    response, found = page("history", **where), []
    while True:
        found += [each for group in response.context["groups"] for each in group.conversations]
        if not response.context["older"]:
            break
        response = page("entries", **dict(parse_qsl(response.context["older"][1:])))
    assert len(found) == len(set(found)) == 25 * len(titles)
    assert sorted({each.title for each in found}) == sorted(titles)


def test_search_finds_archived_ones_and_says_so(page, alice):
    Conversation.objects.create(owner=alice, title="Bean soup", archived=True)
    assert "Archived ·" in page("history", q="bean").content.decode()
