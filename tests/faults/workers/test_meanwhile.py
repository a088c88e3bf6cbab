"""A conversation is changed or deleted by one process while another one does a command about it."""

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import pytest

from tests.harness.waiting import wait_for

OF = "(SELECT id FROM conversations_conversation WHERE uuid = '{0}')"
DELETE = f"""
    DELETE FROM conversations_logentry WHERE completion_id IN (
        SELECT completion.id FROM conversations_completion completion
        JOIN conversations_message message ON message.id = message_id WHERE conversation_id = {OF});
    DELETE FROM conversations_completion
    WHERE message_id IN (SELECT id FROM conversations_message WHERE conversation_id = {OF});
    UPDATE conversations_conversation SET head_id = NULL WHERE uuid = '{{0}}';
    DELETE FROM conversations_message WHERE conversation_id = {OF};
    DELETE FROM conversations_conversation WHERE uuid = '{{0}}'
"""
RENAME = "UPDATE conversations_conversation SET title = 'By hand' WHERE uuid = '{0}'"
# As a turn does it: the person first, then the message, and the head at the end.
SAY = """
    SELECT id FROM auth_user WHERE id =
        (SELECT owner_id FROM conversations_conversation WHERE uuid = '{0}') FOR NO KEY UPDATE;
    INSERT INTO conversations_message (uuid, role, text, reasoning, created, conversation_id, parent_id)
    SELECT '{1}', 'user', 'New', '', now(), id, head_id FROM conversations_conversation WHERE uuid = '{0}';
    UPDATE conversations_conversation SET head_id =
        (SELECT id FROM conversations_message WHERE uuid = '{1}') WHERE uuid = '{0}'
"""
TITLE = "SELECT title FROM conversations_conversation WHERE uuid = ?"
HEAD = f"SELECT uuid FROM conversations_message WHERE id = {OF.replace('id FROM', 'head_id FROM')}"
SHOW = """
from chatsite.conversations.models import Conversation, Message
Conversation.objects.get(uuid="{}").show(Message.objects.get(uuid="{}"))
print("shown")
"""
FORGET = """
from chatsite.conversations.models import Conversation
Conversation.objects.get(uuid="{}").delete()
print("deleted")
"""
WAITING = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.fixture
async def tab(site, upstream, model, open_tab):
    """On a conversation of one question and its answer."""
    upstream.models.append(model)
    tab = await open_tab(site)
    await tab.finished(await tab.ask("Hello?", model=model))
    return tab


async def test_a_message_to_a_conversation_that_is_being_deleted_begins_it_again(
    workers, site, upstream, model, tab
):
    async with changed(workers, site, DELETE.format(tab.conversation)):
        sent = await tab.ask("Are you still there?", model=model)
    assert (await tab.finished(sent)).status == "complete"
    assert upstream.requests[-1].json["messages"] == [{"role": "user", "content": "Are you still there?"}]


async def test_an_answer_to_a_deleted_message_is_refused_in_words(workers, site, tab):
    (question,) = (event["id"] for event in tab.events if event["type"] == "message.created")
    async with changed(workers, site, DELETE.format(tab.conversation)):
        await tab.send(type="reply.create", parent=question)
    await tab.until(lambda: tab.errors)
    assert tab.errors[0]["detail"] == "Conversation not found."


async def test_a_title_that_was_given_while_a_message_was_sent_stays(workers, site, tab):
    async with changed(workers, site, RENAME.format(tab.conversation)):
        sent = await tab.ask("More?")
    await tab.finished(sent)
    assert site.database.value(TITLE, tab.conversation) == "By hand"


async def test_a_message_that_is_being_sent_is_on_the_branch_that_is_shown(workers, site, tab):
    new, answer = uuid4(), next(iter(tab.answers))
    showing = asyncio.to_thread(site.shell, SHOW.format(tab.conversation, answer))
    async with changed(workers, site, SAY.format(tab.conversation, new)):
        shown = asyncio.create_task(showing)
    await shown
    assert site.database.value(HEAD.format(tab.conversation)) == new.hex


async def test_a_conversation_is_deleted_with_the_message_that_is_being_sent(workers, site, tab):
    deleting = asyncio.to_thread(site.shell, FORGET.format(tab.conversation))
    async with changed(workers, site, SAY.format(tab.conversation, uuid4())):
        deleted = asyncio.create_task(deleting)
    assert await deleted == ["deleted"]
    assert not site.database.rows(TITLE, tab.conversation)


@asynccontextmanager
async def changed(workers, site, sql: str):
    """What is begun within waits for this change, which is committed then."""
    async with await psycopg.AsyncConnection.connect(workers.postgres.url) as connection:
        await connection.execute(sql)
        yield
        await asyncio.to_thread(wait_for, lambda: site.database.rows(WAITING), "nothing waits for the change")
