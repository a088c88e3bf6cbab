"""What is done about answers whose process is gone: they are ended, and, where that is wanted, gone on with."""

import asyncio
import logging

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError

from chatsite.conversations import turns
from chatsite.conversations.changes import CHANGES
from chatsite.conversations.models import Completion
from chatsite.conversations.runs import RUNS

logger = logging.getLogger(__name__)

# Seconds between two looks.
LOOK_EVERY = 5


async def watch() -> None:
    """Look for such answers again and again, for as long as the process runs."""
    while True:
        try:
            await recover()
        except DatabaseError:
            logger.exception("The look for interrupted answers failed; it is tried again.")
        await asyncio.sleep(LOOK_EVERY)


async def recover() -> None:
    """One look."""
    for run in await database_sync_to_async(Completion.objects.interrupt_stale)(RUNS.ours):
        await CHANGES.announce(run.message.conversation_id)
    if settings.CONTINUE_INTERRUPTED and not RUNS.draining:
        for turn in await database_sync_to_async(turns.continue_interrupted)():
            RUNS.start(turn)
            await CHANGES.announce(turn.message.conversation_id)
