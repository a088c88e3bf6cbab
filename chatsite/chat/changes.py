"""The open pages of this process, and how they are notified when a conversation changes, in this process or another.

Changes of this process are sent at once. Those of other processes are found through a hint on the channel layer, where
there is one. Hints that were lost, or never sent, are made up for by polling the database. A hint carries nothing that
is not stored.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import Error

from chatsite.accounts.credentials import still_signed_in
from chatsite.chat import events
from chatsite.chat.change_poll import ChangePoll
from chatsite.chat.limit_notices import LimitNotices
from chatsite.chat.page import Page
from chatsite.chat.visibility import see
from chatsite.conversations.errors import Refusal
from chatsite.conversations.listing import as_listed
from chatsite.conversations.models import Conversation
from chatsite.conversations.turns import Turn
from chatsite.limits import MAX_PAGES_PER_USER
from chatsite.protocol import CLOSE_SIGNED_OUT
from chatsite.runs.ends import Ended
from chatsite.runs.hints import Hint, Hints
from chatsite.runs.process import PROCESS
from chatsite.runs.tasks import Tasks

logger = logging.getLogger(__name__)

# Seconds that changes are still polled after the last page was closed.
LINGER_SECONDS = 3.0
# Seconds between two queries of who is still signed in.
SIGNED_IN_SECONDS = 4.0
# Seconds between two times that temporary conversations with an open page are kept a while longer.
STAY_SECONDS = 60.0
# Conversations of one person that are sent one by one when polling finds that they changed.
MAX_CHANGES_AT_ONCE = 20
TOO_MANY_PAGES = (
    f"{MAX_PAGES_PER_USER} of your pages are open, the most at once. "
    "Close some of them, then reload this one."
)


class Changes:
    """Registers the open pages, and notifies each of what changes in its user's conversations."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._pages: defaultdict[int, set[Page]] = defaultdict(set)
        self._tasks = Tasks()
        self._watches: list[asyncio.Task[None]] = []
        self._poll = ChangePoll(self._notify_owner)
        self._limits = LimitNotices(self._pages, self._tasks)

    @property
    def pages(self) -> list[Page]:
        return [page for pages in self._pages.values() for page in pages]

    def refuse_more_pages(self, user_id: int) -> None:
        """Raises Refusal where a user has as many pages open as allowed."""
        if len(self._pages.get(user_id, ())) >= MAX_PAGES_PER_USER:
            raise Refusal("too_many_pages", TOO_MANY_PAGES)

    async def register(self, page: Page) -> None:
        """Notify this page of everything that changes from now on. Raises Refusal where there are too many."""
        self.refuse_more_pages(page.user.pk)
        self._pages[page.user.pk].add(page)
        if not self._watches:
            self._begun = asyncio.Event()
            watches = (
                self._poll.run(self._begun),
                self._hints.listen(),
                self._watch_sign_ins(),
                self._watch_temporary(),
            )
            self._watches = [self._tasks.start(watch) for watch in watches]
        await self._begun.wait()

    def unregister(self, page: Page) -> None:
        pages = self._pages.get(page.user.pk, set())
        pages.discard(page)
        if not pages:
            self._pages.pop(page.user.pk, None)
        if not self._pages:
            # A person who goes to another page closes one and opens the next.
            asyncio.get_running_loop().call_later(LINGER_SECONDS, self._end_watches)

    def _end_watches(self) -> None:
        """End what only open pages need, if there are none."""
        if not self._pages:
            for watch in self._watches:
                watch.cancel()
            self._watches = []

    def began(self, turn: Turn, turn_events: list[str]) -> None:
        """This process has begun a turn, which is still running; `turn_events` put it on a page."""
        conversation = turn.completion.message.conversation
        event = events.conversation_changed(conversation, answering=True)
        for page in self._pages_to_notify(conversation):
            self._tasks.start(page.began(turn, turn_events, event))

    def ended(self, end: Ended) -> None:
        """A run of this process has ended, and its followers have been notified."""
        event = events.conversation_changed(end.conversation, end.is_answering)
        for page in self._pages_to_notify(end.conversation):
            self._tasks.start(page.ended(end, event))
        self._limits.used(end.conversation.owner_id)
        # The person may have come to the page while the end was saved.
        if end.conversation.unread and self.is_seen(end.conversation):
            self._tasks.start(see(end.conversation.owner_id, end.conversation.uuid))

    def is_seen(self, conversation: Conversation) -> bool:
        """Whether a page that its owner sees shows this conversation."""
        return any(page.sees(conversation.uuid) for page in self._pages.get(conversation.owner_id, ()))

    def _pages_to_notify(self, conversation: Conversation) -> list[Page]:
        """Return the owner's pages, which are then notified of a change of this process: polling need not find it."""
        self._poll.announced(conversation)
        self._hints.send({"changed": conversation.pk})
        return self._pages_of(conversation)

    def _pages_of(self, conversation: Conversation) -> list[Page]:
        """Return the owner's pages that are sent its changes: all, or, while it is temporary, those that show it."""
        pages = list(self._pages.get(conversation.owner_id, ()))
        if conversation.is_temporary:
            return [page for page in pages if page.conversation == conversation.uuid]
        return pages

    def close(self) -> None:
        """Close all pages. Their answers continue."""
        for page in self.pages:
            page.close()
        self._end_watches()

    async def sign_ins_changed(self) -> None:
        """In this process, a person may have signed out, changed their password or been deactivated."""
        await self._hints.publish({"sign_ins": True})

    async def limits_changed(self) -> None:
        """In this process, an admin may have changed what people may use."""
        await self._hints.publish({"limits": True})

    async def receive(self, hint: Hint) -> None:
        """Notify the pages that a hint is about."""
        if "changed" in hint:
            await self._notify(hint["changed"])
        if "many" in hint:
            self._send_to(self._pages.get(hint["many"], ()), None, events.conversations_changed())
        if "folders" in hint:
            self._send_to(self._pages.get(hint["folders"], ()), None, events.folders_changed())
        if "gone" in hint:
            owner_id, conversation = hint["gone"][0], UUID(hint["gone"][1])
            self._send_to(
                self._pages.get(owner_id, ()), conversation, events.conversation_deleted(conversation)
            )
        if "over" in hint:
            owner_id, conversation = hint["over"][0], UUID(hint["over"][1])
            pages = [page for page in self._pages.get(owner_id, ()) if page.conversation == conversation]
            self._send_to(pages, conversation, events.conversation_deleted(conversation))
        if "sign_ins" in hint:
            await self._end_signed_out()
        if "limits" in hint:
            await self._limits.changed()

    async def _notify_owner(self, owner_id: int, conversation_ids: list[int]) -> None:
        """Send an owner's open pages what is new in these conversations. An import changes thousands at once: the pages
        then fetch their lists again."""
        if owner_id not in self._pages:
            return
        if len(conversation_ids) > MAX_CHANGES_AT_ONCE:
            self._send_to(self._pages[owner_id], None, events.conversations_changed())
            return
        for conversation_id in conversation_ids:
            await self._notify(conversation_id)

    async def _notify(self, conversation_id: int) -> None:
        """Send the owner's open pages what is new in a conversation."""
        if not self._pages:
            return
        conversation = await database_sync_to_async(as_listed)(conversation_id)
        if conversation is None:
            return
        self._poll.announced(conversation)
        event = events.conversation_changed(conversation, conversation.is_answering)
        self._send_to(self._pages_of(conversation), conversation.uuid, event)
        if not conversation.is_answering:
            self._limits.used(conversation.owner_id)

    def _send_to(self, pages: Iterable[Page], conversation: UUID | None, event: str) -> None:
        """Send to each page in a task of its own, so that a slow one delays no other."""
        for page in list(pages):
            self._tasks.start(page.changed(conversation, event))

    async def _watch_temporary(self) -> None:
        """Put off the deletion of temporary conversations while pages of them are open here. After a crash, or when the
        last page was closed, they are deleted some minutes later."""
        while True:
            await asyncio.sleep(STAY_SECONDS)
            shown = {page.conversation for page in self.pages if page.conversation}
            try:
                await database_sync_to_async(Conversation.objects.stay_open)(shown)
            except Error:
                logger.exception("Temporary conversations could not be kept; it is tried again.")

    async def _watch_sign_ins(self) -> None:
        """Close the pages of people who have signed out, changed their password or been deactivated."""
        while True:
            await asyncio.sleep(SIGNED_IN_SECONDS)
            await self._end_signed_out()

    async def _end_signed_out(self) -> None:
        credentials = {page.credential for page in self.pages}
        if not credentials:
            return
        try:
            valid = await database_sync_to_async(still_signed_in)(credentials)
        except Error:
            logger.exception("Who is signed in could not be queried; it is tried again.")
            return
        for page in self.pages:
            if page.credential in credentials - valid:
                self._tasks.start(page.end(CLOSE_SIGNED_OUT))


CHANGES = Changes(PROCESS.hints)
PROCESS.audience = CHANGES
