"""Questions of past conversations on the page “Try it”: who may ask them again, and what is seen of them."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission
from django.test import AsyncClient
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.conversations.models import Conversation, Feedback
from chatsite.tryouts.models import Tryout
from tests.tryouts.trying import answers, said, until_ended

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_own_past_question_is_asked_with_what_was_before_and_without_what_came_later(
    trier, anna, past, upstream
):
    _, second, _ = await past(anna, "First?", "Second?", "Third?")
    assert "Second?" in await trier.get()
    tried = await trier.tries(source="past", question=second.pk, versions="2")
    await until_ended(trier, tried)
    sent = upstream.requests[0].json["messages"]
    assert [each["content"] for each in sent] == ["You help Anna.", "First?", "Answer to First?", "Second?"]
    old, new = await answers(tried)
    assert old.given and (old.text, old.version.number) == ("Answer to Second?", 1)
    page = await trier.get(f"{tried.pk}/")
    assert "v1, then" in page and "Answer to Second?" in page and "files are left out" in page
    assert not await Event.objects.aexists()


async def test_without_the_permission_nobody_elses_question_can_be_tried_or_seen(
    trier, alice, past, upstream
):
    (question,) = await past(alice, "My secret?")
    link = f"/conversations/{question.conversation.uuid}/"
    response = await trier.client.post(trier.url, {"conversation": link, "reason": "curious", "_open": "1"})
    assert "There is no such conversation that you may read." in said(response)
    assert "secret" not in said(response)
    fields = {"source": "past", "question": question.pk, "conversation": link, "reason": "curious"}
    assert "Choose a question" in await trier.refused(**fields)
    assert "at most 500 characters" in await trier.refused(**fields | {"conversation": link * 20})
    assert not upstream.requests and not await Event.objects.aexists()


async def test_with_the_permission_a_reason_is_needed_and_the_owner_sees_both_deeds(
    trier, reader, alice, past, upstream
):
    (question,) = await past(alice, "My secret?")
    link = f"/conversations/{question.conversation.uuid}/"
    response = await trier.client.post(trier.url, {"conversation": link, "_open": "1"})
    assert "Write why you read it." in said(response) and "secret" not in said(response)
    fields = {"source": "past", "question": question.pk, "conversation": link}
    assert "Write why you read it." in await trier.refused(**fields)
    assert not await Event.objects.aexists()
    why = "A complaint about this answer"
    response = await trier.client.post(trier.url, {"conversation": link, "reason": why, "_open": "1"})
    assert "My secret?" in said(response)
    tried = await trier.tries(**fields, reason=why, versions="2")
    await until_ended(trier, tried)
    events = [each async for each in Event.objects.order_by("pk")]
    assert [(each.verb, each.owner_id, each.reason) for each in events] == [
        ("read", alice.pk, why), ("used to try a prompt", alice.pk, why),
    ]  # fmt: skip
    owner = AsyncClient()
    await owner.aforce_login(alice)
    page = said(await owner.get("/conversations/readers/"))
    assert "used to try a prompt by anna" in page and page.count(why) == 2


async def test_who_loses_the_permission_sees_the_try_no_more(trier, reader, alice, past, upstream):
    (question,) = await past(alice, "My secret?")
    fields = {
        "question": question.pk,
        "conversation": str(question.conversation.uuid),
        "reason": "A complaint",
    }
    tried = await trier.tries(source="past", **fields)
    await until_ended(trier, tried)
    await database_sync_to_async(reader.user_permissions.remove)(
        await Permission.objects.aget(codename="view_conversation_text")
    )
    assert (await trier.client.get(f"{trier.url}{tried.pk}/")).status_code == 404


async def test_who_loses_the_permission_sees_nothing_that_was_said_before_a_shared_question(
    trier, reader, alice, past, upstream
):
    _, question = await past(alice, "My secret?", "What is shared?")
    opened = {"conversation": str(question.conversation.uuid), "reason": "A complaint"}
    tried = await trier.tries(source="past", question=question.pk, **opened)
    await until_ended(trier, tried)
    await Feedback.objects.acreate(message=await question.replies.aget(), person=alice, value=1, shared=True)
    await database_sync_to_async(reader.user_permissions.remove)(
        await Permission.objects.aget(codename="view_conversation_text")
    )
    assert (await trier.client.get(f"{trier.url}{tried.pk}/")).status_code == 404


async def test_of_a_shared_answer_only_its_question_is_sent_and_no_reason_is_needed(
    trier, alice, past, upstream
):
    _, second = await past(alice, "My secret?", "What is shared?")
    answer = await second.replies.aget()
    feedback = await Feedback.objects.acreate(message=answer, person=alice, value=-1, shared=True)
    page = await trier.get()
    assert "What is shared?" in page and "secret" not in page
    tried = await trier.tries(source="past", question=second.pk, versions="1")
    await until_ended(trier, tried)
    assert [each["content"] for each in upstream.requests[0].json["messages"]] == [
        "You help customers.", "What is shared?",
    ]  # fmt: skip
    feedback.shared = False
    await feedback.asave()
    assert (await trier.client.get(f"{trier.url}{tried.pk}/")).status_code == 404
    assert "What is shared?" not in await trier.get()


async def test_what_its_owner_deletes_is_seen_no_more(trier, anna, past, upstream):
    (question,) = await past(anna, "First?")
    tried = await trier.tries(source="past", question=question.pk)
    await until_ended(trier, tried)
    await Conversation.objects.aupdate(deleted=timezone.now() - timedelta(days=1))
    assert (await trier.client.get(f"{trier.url}{tried.pk}/")).status_code == 404
    await database_sync_to_async(Conversation.objects.all().delete)()
    assert not await Tryout.objects.aexists()


async def test_nothing_is_added_to_the_conversation(trier, anna, past, upstream):
    (question,) = await past(anna, "First?")
    before = await Conversation.objects.values().aget()
    await until_ended(trier, await trier.tries(source="past", question=question.pk))
    assert await Conversation.objects.values().aget() == before
    assert await question.conversation.messages.acount() == 2
