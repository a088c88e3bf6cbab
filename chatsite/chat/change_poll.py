"""Polls the database for changes of which no hint has come."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from chatsite.chat import queries
from chatsite.chat.queries import Change
from chatsite.conversations.models import Conversation

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
# A transaction can become visible this long after the time that it carries.
MAX_COMMIT_DELAY = timedelta(seconds=3)


class ChangePoll:
    """Calls `notify` with each owner and the ids of their conversations that changed, unless `announced` was called for
    that change."""

    def __init__(self, notify: Callable[[int, list[int]], Awaitable[None]]) -> None:
        self._notify = notify
        self._announced: dict[int, datetime] = {}

    def announced(self, conversation: Conversation) -> None:
        """The open pages know of this conversation's last change."""
        self._announced[conversation.pk] = conversation.changed

    async def run(self, begun: asyncio.Event) -> None:
        """Poll until cancelled. `begun` is set once every later change will be found."""
        newest: datetime | None = None
        while True:
            try:
                newest = await self._poll(newest)
                begun.set()
            except Exception:  # Whatever it was, open pages need the next poll.
                logger.exception("Changes could not be polled; it is tried again.")
            await asyncio.sleep(POLL_SECONDS)

    async def _poll(self, newest: datetime | None) -> datetime:
        """Notify of what changed since `newest`; return the newest change. The first poll only finds where to begin."""
        is_first = newest is None
        newest, found = await queries.changes(newest, MAX_COMMIT_DELAY)
        if not is_first:
            for owner_id, conversation_ids in self._unannounced(found).items():
                await self._notify(owner_id, conversation_ids)
        # Only now: what could not be sent is found again. A newer change may have been announced meanwhile.
        known = self._announced
        self._announced = {pk: max(known.get(pk, moment), moment) for pk, _, moment in found}
        return newest

    def _unannounced(self, found: list[Change]) -> dict[int, list[int]]:
        by_owner: dict[int, list[int]] = {}
        for each in found:
            if self._announced.get(each.conversation_id) != each.moment:
                by_owner.setdefault(each.owner_id, []).append(each.conversation_id)
        return by_owner
