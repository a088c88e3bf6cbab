"""Snapshots, on both databases."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.http import Http404

from chatsite.conversations.models import Conversation
from chatsite.history.sharing.models import Share, SharedMessage
from chatsite.history.sharing.page import page
from chatsite.history.sharing.snapshots import MESSAGES_AT_ONCE, shareable, take
from tests.history.sharing.conftest import say, shared


@pytest.fixture
def talk(database) -> Conversation:
    """A conversation of more messages than are read at once."""
    conversation = Conversation.objects.create(owner=User.objects.create_user("alice"), title="Long")
    for number in range(MESSAGES_AT_ONCE // 2 + 3):
        say(conversation, f"Question {number}", f"Answer {number}")
    return conversation


def test_a_snapshot_has_the_whole_branch_in_order(talk):
    share = shared(talk)
    texts = list(share.messages.order_by("number").values_list("text", flat=True))
    assert len(texts) == share.count == shareable(talk) == MESSAGES_AT_ONCE + 6
    assert texts[:3] == ["Question 0", "Answer 0", "Question 1"]


def test_taking_it_again_replaces_it(talk):
    share = shared(talk)
    take(share)
    assert SharedMessage.objects.count() == share.count


def test_it_is_not_taken_of_a_deleted_conversation(talk):
    share = Share(conversation=talk)
    Conversation.objects.get(pk=talk.pk).delete()
    with pytest.raises(Http404):
        take(share)


def test_a_revoked_link_is_not_brought_back_by_an_update_at_the_same_time(talk):
    share = shared(talk)
    Share.objects.all().delete()
    with pytest.raises(Http404):
        take(share)
    assert not Share.objects.exists()


def test_a_page_that_is_updated_while_it_loads_says_so(talk):
    share = shared(talk)
    pieces = page(share)
    begun = [next(pieces) for _ in range(10)]
    take(share)
    rest = list(pieces)
    assert "Question 0" in "".join(begun) and "updated or revoked while" in rest[-2]
    assert "</html>" in rest[-1]


def test_no_two_links_share_a_token(talk):
    share = shared(talk)
    with pytest.raises(IntegrityError):
        Share.objects.create(conversation=talk, seed=share.seed)
