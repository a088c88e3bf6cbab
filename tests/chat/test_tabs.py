"""A page that has disconnected while it was about to be sent something."""

import asyncio
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async

from chatsite.accounts.credentials import Credential
from chatsite.chat.changes import CHANGES
from chatsite.chat.conversation_tabs import ConversationTab
from chatsite.conversations.turns import NewMessage, create_message

pytestmark = pytest.mark.django_db(transaction=True)


def followers() -> int:
    return sum(task.get_coro().__name__ == "_forward" for task in asyncio.all_tasks())


async def test_it_follows_nothing_that_it_is_told_of_only_now(alice, provider):
    conversation, events = uuid4(), asyncio.Queue()
    tab = ConversationTab(alice, Credential(alice.pk, "", ""), events.put, events.put, conversation)
    await tab.open()
    await database_sync_to_async(create_message)(alice, conversation, NewMessage(uuid4(), "Hello?"))
    telling = asyncio.create_task(tab.changed(conversation, "{}"))
    await asyncio.sleep(0)
    tab.close()
    await telling
    assert (CHANGES.pages, followers()) == ([], 0)
