"""Searches that ignore case, in all alphabets."""

import pytest

from chatsite.conversations.models import Conversation
from chatsite.prompts.models import SystemPrompt


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Привет мир", "привет"),
        ("élan vital", "ÉLAN"),
        ("Ὀδυσσεύς", "ὀδυσσεύσ"),
        ("Ångström", "ångSTRÖM"),
        ("100% (a.b)", "% (A.B"),
    ],
)
def test_a_search_ignores_case_in_every_alphabet(alice, title, query):
    Conversation.objects.create(owner=alice, title=title)
    Conversation.objects.create(owner=alice, title="Something else")
    assert [found.title for found in Conversation.objects.filter(title__icontains=query)] == [title]


def test_the_admins_searches_do_so_too(admin_client, db):
    SystemPrompt.objects.create(name="Привет мир")
    found = admin_client.get("/admin/prompts/systemprompt/", {"q": "ПРИВЕТ"}).content.decode()
    assert "Привет мир" in found
