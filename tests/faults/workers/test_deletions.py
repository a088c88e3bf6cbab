"""A conversation is deleted at a bad moment of its answer."""

import asyncio
import re

import psycopg

from tests.harness.waiting import wait_for

# As the log's writer does it: signs of life first, then what is new.
RENEW = "UPDATE conversations_completion SET heartbeat = now() WHERE status = 'streaming'"
APPEND = """
    INSERT INTO conversations_logentry (completion_id, "offset", kind, text)
    SELECT id, 1000000, 'text', 'More.' FROM conversations_completion WHERE status = 'streaming'
"""
DELETE = """
from chatsite.conversations.models import Conversation
Conversation.objects.get(uuid="{}").delete()
print("deleted")
"""
LOCKED = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
WAITS = re.compile("^DELETE|FOR UPDATE")


async def test_between_two_words_that_are_logged(workers, site, answer):
    begun = await answer("Deleted meanwhile")
    async with await psycopg.AsyncConnection.connect(workers.postgres.url) as writer:
        await writer.execute(RENEW)
        deletion = asyncio.to_thread(site.shell, DELETE.format(begun.tab.conversation))
        deleting = asyncio.create_task(deletion)
        await asyncio.to_thread(wait_for, lambda: waiting(site), "the deletion does not wait")
        await writer.execute(APPEND)
    assert await deleting == ["deleted"]
    await begun.tab.until(lambda: begun.tab.errors)
    assert begun.tab.errors[0]["code"] == "not_found"


def waiting(site) -> bool:
    """Whether the deletion waits for the writer."""
    return any(WAITS.search(row["query"]) for row in site.database.rows(LOCKED))
