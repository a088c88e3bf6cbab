"""Parts of a branch: what is read of it, and what is not."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsite.conversations.models import Conversation, Message
from chatsite.conversations.models.branch import MAX_PART_CHARACTERS, MESSAGES_PER_PART, lengths_from, part

pytestmark = pytest.mark.django_db

# Above those that PostgreSQL's sequence has reached.
OWN_IDS = 1_000_000


@pytest.fixture
def conversation(database, django_user_model) -> Conversation:
    return Conversation.objects.create(owner=django_user_model.objects.create_user("alice"))


def chain(conversation, count, parent=None, text="Hello") -> list[Message]:
    """Add messages, each as a reply to the one before, and show them."""
    first = Message.objects.order_by("pk").values_list("pk", flat=True).last() or OWN_IDS
    made = [
        Message(
            pk=first + number,
            conversation=conversation,
            parent_id=first + number - 1 if number > 1 else parent and parent.pk,
            role=("assistant", "user")[number % 2],
            text=text,
        )
        for number in range(1, count + 1)
    ]
    Message.objects.bulk_create(made)
    conversation.head = made[-1]
    conversation.save()
    return made


def test_a_part_is_the_end_of_a_branch(conversation):
    made = chain(conversation, 100)
    shown = part(conversation.head_id)
    assert shown == made[-MESSAGES_PER_PART:]
    assert shown[0].parent_uuid == made[-MESSAGES_PER_PART - 1].uuid


def test_parts_follow_each_other_to_the_first_message(conversation):
    made, found, last = chain(conversation, 100), [], conversation.head_id
    while last:
        found[:0] = part(last)
        last = found[0].parent_id
    assert found == made and found[0].parent_uuid is None


def test_a_part_of_long_texts_is_short(conversation):
    made = chain(conversation, 5, text="x" * (MAX_PART_CHARACTERS // 2))
    assert part(conversation.head_id) == made[-2:]
    made = chain(conversation, 2, made[-1], "x" * (2 * MAX_PART_CHARACTERS))
    assert part(conversation.head_id) == made[-1:]


def test_a_part_has_nothing_of_another_branch(conversation):
    made = chain(conversation, 4)
    other = chain(conversation, 2, made[1])
    assert part(conversation.head_id) == [*made[:2], *other]
    assert lengths_from(made[1].pk, conversation.head_id, 2) == [(made[1].pk, 5), (other[0].pk, 5)]
    assert lengths_from(made[2].pk, conversation.head_id, 2) == []


def test_alternatives_are_counted_in_their_order(conversation):
    (question,) = chain(conversation, 1)
    answers = [chain(conversation, 1, question)[0] for _ in range(3)]
    for number, answer in enumerate(answers):
        *_, shown = part(answer.pk)
        around = [None, *(each.uuid for each in answers), None]
        assert shown.siblings == (number + 1, 3, around[number], around[number + 2])
        assert Message.objects.get(pk=answer.pk).siblings == shown.siblings


def test_first_messages_are_alternatives_in_their_own_conversation_only(conversation):
    first, second = chain(conversation, 1), chain(conversation, 1)
    chain(Conversation.objects.create(owner=conversation.owner), 1)
    assert part(second[0].pk)[0].siblings == (2, 2, first[0].uuid, None)


def test_a_part_of_ten_thousand_messages_takes_as_many_statements_as_one_of_forty(conversation):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(part(conversation.head_id)) == MESSAGES_PER_PART
        return len(captured)

    made = chain(conversation, 40)
    few = statements()
    chain(conversation, 10_000, made[-1])
    assert statements() == few
    assert lengths_from(made[0].pk, conversation.head_id, 1) == [(made[0].pk, 5)]


def test_ten_thousand_alternatives_are_counted(conversation):
    (question,) = chain(conversation, 1)
    answers = [
        Message(conversation=conversation, parent=question, role="assistant", uuid=uuid4())
        for _ in range(10_000)
    ]
    Message.objects.bulk_create(answers)
    found = Message.objects.get(uuid=answers[4_999].uuid)
    assert part(found.pk)[-1].siblings == (5_000, 10_000, answers[4_998].uuid, answers[5_000].uuid)
