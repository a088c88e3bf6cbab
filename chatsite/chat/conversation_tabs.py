"""The tab of one conversation: it follows the answers that are being written there, and owns none."""

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from django.contrib.auth.models import User

from chatsite.accounts.credentials import Credential
from chatsite.chat import events, queries
from chatsite.chat.commands import Command
from chatsite.chat.cursors import START, Cursor
from chatsite.chat.dispatch import Sender, dispatch
from chatsite.chat.followers import Follower
from chatsite.chat.queries import Opening
from chatsite.chat.rate_limits import RateLimit
from chatsite.chat.tabs import Close, Send, Tab
from chatsite.chat.visibility import see
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion
from chatsite.conversations.turns import Turn
from chatsite.runs.ends import Ended

# Answers that a page may have sent again at once, and seconds for each further one. It asks for that after a reconnect,
# on a slow network several times; one that asked without end and read nothing would fill memory.
REPEATS_AT_ONCE = 30
SECONDS_PER_REPEAT = 2.0
# Seconds for a page to send its cursor before it is sent an answer from the start.
RESUME_SECONDS = 0.1


class ConversationTab(Tab):
    """`cursors`: how much the page has of each answer; None where it sends `events.resume` instead."""

    def __init__(
        self,
        user: User,
        credential: Credential,
        send: Send,
        close: Close,
        conversation: UUID,
        cursors: Mapping[UUID, Cursor] | None = None,
    ) -> None:
        super().__init__(user, credential, send, close)
        self._conversation = conversation
        self._sender = Sender(user, conversation, credential)
        self._cursors = cursors
        self._followers: dict[UUID, Follower] = {}
        # An event stream ends when its page is hidden.
        self._is_seen = cursors is not None
        self._may_be_unread = False
        self._newest = 0
        self._repeats = RateLimit(REPEATS_AT_ONCE, SECONDS_PER_REPEAT)

    @property
    def conversation(self) -> UUID:
        return self._conversation

    def sees(self, conversation: UUID) -> bool:
        return self._is_seen and conversation == self._conversation

    async def watch(self, is_seen: bool) -> None:
        """The person sees the page from now on, or does not see it any more."""
        self._is_seen = is_seen
        if is_seen:
            await self._checks.take()
        await self._see()

    async def _see(self) -> None:
        """Store that the person sees the conversation, if they do, and it may be unread."""
        if self._is_seen and self._may_be_unread:
            self._may_be_unread = False
            if not await see(self.user.pk, self._conversation):
                self._may_be_unread = True

    async def _begin(self, opening: Opening) -> None:
        state, self._may_be_unread = opening.state, opening.state.unread
        self._newest = state.newest
        await self._send(events.conversation_opened(self._conversation, state, opening.answering))
        await self._see()
        for completion in state.running:
            if self._cursors is None:
                self._follow(completion, wait=RESUME_SECONDS)
            else:
                self._follow(completion, self._cursors.get(completion.message.uuid, START))

    def close(self) -> None:
        """The page has disconnected. Its answers are still written to their end."""
        super().close()
        for follower in self._followers.values():
            follower.task.cancel()

    async def _do(self, command: Command) -> None:
        await dispatch(command, self._sender, self)

    async def show_again(self, completion: Completion) -> None:
        """Send the turn of a message that was sent before."""
        await self._repeats.take()
        await self._find_and_show(completion.pk)

    async def resume(self, message: UUID, cursor: Cursor) -> None:
        """Send an answer from a cursor on."""
        await self._repeats.take()
        self._follow(await queries.completion_of(self.user, self._conversation, message), cursor)

    def acknowledge(self, message: UUID, offset: int, pace: int) -> None:
        """The page has shown an answer up to `offset`, and wants `pace` milliseconds between two events."""
        if follower := self._followers.get(message):
            follower.window.acknowledge(offset, pace)

    async def _send_checked(self) -> None:
        state = await queries.state(self.user, self._conversation)
        await self._send(events.conversation_checked(self._conversation, state))

    async def changed(self, conversation: UUID | None, event: str) -> None:
        """One of this person's conversations has changed, or many. If it may be ours, show what is new first."""
        async with self._order:
            if conversation in (self._conversation, None):
                await self._show_new()
            await self._send(event)
        # An answer that another process wrote may have ended.
        if conversation in (self._conversation, None):
            self._may_be_unread = True
            await self._see()

    async def began(self, turn: Turn, turn_events: list[str], event: str) -> None:
        """The same for a turn that this process has just begun: nothing has to be queried."""
        async with self._order:
            if turn.completion.message.conversation.uuid != self._conversation:
                pass
            elif self._newest == turn.before:
                await self._show(turn.completion, turn_events)
                self._newest = turn.completion.pk
            else:
                await self._show_new()
            await self._send(event)

    async def ended(self, end: Ended, event: str) -> None:
        """A run has ended, perhaps before its beginning was sent: `event` names the message that it made."""
        is_ours = end.conversation.uuid == self._conversation
        async with self._order:
            if is_ours and self._newest < end.completion.pk:
                await self._show_new()
            await self._send(event)
        if is_ours and end.conversation.unread:
            self._may_be_unread = True
            await self._see()

    async def _show_new(self) -> None:
        """Show the turns that began since the last query, each once and in order; under the lock."""
        for completion_id in await queries.completions_after(self._conversation, self._newest):
            # One that was deleted meanwhile is left out: that is another change.
            with suppress(Refusal):
                await self._find_and_show(completion_id)
            self._newest = completion_id

    async def _find_and_show(self, completion_id: int) -> None:
        await self._show(*await queries.turn_events(completion_id))

    async def _show(self, completion: Completion, turn_events: list[str]) -> None:
        """Send a turn: the person's message, the answer, and what is written of it from now on."""
        for event in turn_events:
            await self._send(event)
        self._follow(completion)

    def _follow(self, completion: Completion, cursor: Cursor = START, wait: float = 0) -> None:
        """Follow a run from a cursor, in place of any earlier follower of its message. A page that has disconnected
        meanwhile follows nothing."""
        if self._is_closed:
            return
        message = completion.message.uuid
        if earlier := self._followers.pop(message, None):
            earlier.task.cancel()
        follower = self._followers[message] = Follower(self._send, completion, cursor.of(completion.pk), wait)
        follower.task.add_done_callback(lambda _: self._followed(message, follower))

    def _followed(self, message: UUID, follower: Follower) -> None:
        if self._followers.get(message) is follower:
            del self._followers[message]
