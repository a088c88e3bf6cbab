"""Changes: notifies open pages when a conversation changes, in this process or another.

In this process at once; from other processes by a hint through the channel layer, where there is one; and for hints
that were lost, or never sent, by a look into the database a few times a second. Hints carry nothing that is not stored.
"""

import asyncio
import logging
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.db import Error

from chatsite.accounts.credentials import Credential, still_signed_in
from chatsite.chat import events, queries
from chatsite.chat.close_codes import CLOSE_SIGNED_OUT
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion, Conversation
from chatsite.conversations.turns import Turn
from chatsite.limits import MAX_PAGES_PER_USER
from chatsite.runs.ends import Ended
from chatsite.runs.hints import Hint, Hints
from chatsite.runs.process import PROCESS
from chatsite.runs.tasks import Tasks

logger = logging.getLogger(__name__)

# Seconds between two looks into the database.
LOOK_EVERY = 0.25
# Seconds between two looks at who is still signed in.
SIGNED_IN_EVERY = 4.0
# A transaction can become visible this long after the time that it carries.
LATEST_COMMIT = timedelta(seconds=3)
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
TOO_MANY_PAGES = (
    f"{MAX_PAGES_PER_USER} of your pages are open, the most at once. "
    "Close some of them, then reload this one."
)


class Listener(Protocol):
    """An open page."""

    user: User
    credential: Credential

    async def changed(self, conversation: UUID, event: str) -> None: ...

    async def began(self, turn: Turn, turn_events: list[str], event: str) -> None: ...

    async def ended(self, completion: Completion, event: str) -> None: ...

    async def end(self, code: int) -> None: ...

    def close(self) -> None: ...


class Changes:
    """The open pages of this process, and what they are to be told."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._pages: defaultdict[int, set[Listener]] = defaultdict(set)
        self._tasks = Tasks()
        self._watching: list[asyncio.Task[None]] = []
        self._announced: dict[int, datetime] = {}

    @property
    def pages(self) -> list[Listener]:
        return [page for pages in self._pages.values() for page in pages]

    def refuse_more_pages(self, person: int) -> None:
        """Raises Refusal where a person has as many pages open as may be."""
        if len(self._pages.get(person, ())) >= MAX_PAGES_PER_USER:
            raise Refusal("too_many_pages", TOO_MANY_PAGES)

    async def register(self, page: Listener) -> None:
        """Tell this page everything that changes from now on. Raises Refusal where there are too many."""
        self.refuse_more_pages(page.user.pk)
        self._pages[page.user.pk].add(page)
        if not self._watching:
            self._began = asyncio.Event()
            watches = (self._look(), self._hints.listen(), self._see_who_is_signed_in())
            self._watching = [self._tasks.start(watch) for watch in watches]
        await self._began.wait()

    def unregister(self, page: Listener) -> None:
        pages = self._pages.get(page.user.pk, set())
        pages.discard(page)
        if not pages:
            self._pages.pop(page.user.pk, None)
        if not self._pages:
            for task in self._watching:
                task.cancel()
            self._watching = []

    async def announce(self, conversation: int) -> None:
        """A conversation was made, named, or its answer began or ended, by this process."""
        await self._hints.publish({"changed": conversation})

    def began(self, turn: Turn, turn_events: list[str]) -> None:
        """A turn began, by this process, and goes on; `turn_events` put it on a page."""
        conversation = turn.completion.message.conversation
        event = events.conversation_changed(conversation, answering=True)
        for page in self._known(conversation):
            self._tasks.start(page.began(turn, turn_events, event))

    def ended(self, completion: Completion, end: Ended) -> None:
        """A run of this process has ended, and its followers know."""
        event = events.conversation_changed(end.conversation, end.is_answering)
        for page in self._known(completion.message.conversation):
            self._tasks.start(page.ended(completion, event))

    def _known(self, conversation: Conversation) -> list[Listener]:
        """The owner's pages, to be told all of a change that this process has made: no look need find it again."""
        self._announced[conversation.pk] = conversation.changed
        self._hints.send({"changed": conversation.pk})
        return list(self._pages.get(conversation.owner_id, ()))

    def close(self) -> None:
        """Close all pages. Their answers continue."""
        for page in self.pages:
            page.close()

    async def sign_ins_changed(self) -> None:
        """Somebody may have signed out, changed their password or been deactivated, by this process."""
        await self._hints.publish({"sign_ins": True})

    async def receive(self, hint: Hint) -> None:
        """Notify the pages that a hint concerns."""
        if "changed" in hint:
            await self._tell(hint["changed"])
        if "gone" in hint:
            owner, conversation = hint["gone"][0], UUID(hint["gone"][1])
            self._tell_pages(owner, conversation, events.conversation_gone(conversation))
        if "sign_ins" in hint:
            await self._end_signed_out()

    async def _tell(self, pk: int) -> None:
        """Tell the owner's open pages what is new."""
        if not self._pages:
            return
        conversation = await database_sync_to_async(Conversation.objects.as_listed)(pk)
        if conversation is None:
            return
        self._announced[pk] = conversation.changed
        event = events.conversation_changed(conversation, conversation.is_answering)
        self._tell_pages(conversation.owner_id, conversation.uuid, event)

    def _tell_pages(self, owner: int, conversation: UUID, event: str) -> None:
        """Each page hears on a task of its own, so that a slow one holds up none."""
        for page in list(self._pages.get(owner, ())):
            self._tasks.start(page.changed(conversation, event))

    async def _look(self) -> None:
        """Find in the database what no hint has said."""
        newest: datetime | None = None
        while True:
            try:
                newest = await self._look_once(newest)
                self._began.set()
            except Error:
                logger.exception("The look for changes failed; it is tried again.")
            await asyncio.sleep(LOOK_EVERY)

    async def _look_once(self, newest: datetime | None) -> datetime:
        """Tell what changed since `newest`; gives the newest change. The first look only finds where to begin."""
        is_first = newest is None
        newest = newest or await database_sync_to_async(queries.newest_change)() or BEFORE_ALL
        found = await _changed_after(newest - LATEST_COMMIT)
        for pk, changed in found:
            if not is_first and self._announced.get(pk) != changed:
                await self._tell(pk)
            self._announced[pk] = changed
        recent = {pk for pk, _ in found}
        self._announced = {pk: changed for pk, changed in self._announced.items() if pk in recent}
        return max((changed for _, changed in found), default=newest)

    async def _see_who_is_signed_in(self) -> None:
        """Close the pages of people who have signed out, changed their password or were deactivated."""
        while True:
            await asyncio.sleep(SIGNED_IN_EVERY)
            await self._end_signed_out()

    async def _end_signed_out(self) -> None:
        credentials = {page.credential for page in self.pages}
        if not credentials:
            return
        try:
            holding = await database_sync_to_async(still_signed_in)(credentials)
        except Error:
            logger.exception("Who is signed in could not be seen; it is tried again.")
            return
        for page in self.pages:
            if page.credential in credentials - holding:
                self._tasks.start(page.end(CLOSE_SIGNED_OUT))


async def _changed_after(moment: datetime) -> list[tuple[int, datetime]]:
    found: list[tuple[int, datetime]] = await database_sync_to_async(queries.changed_after)(moment)
    return found


CHANGES = Changes(PROCESS.hints)
PROCESS.audience = CHANGES
