"""A session: one open page on a conversation, whatever carries its frames and events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError

from chatsite.accounts.credentials import Credential
from chatsite.chat import commands, events, lookups
from chatsite.chat.allowance import Allowance
from chatsite.chat.changes import CHANGES, SIGN_IN
from chatsite.chat.followers import Follower, Send
from chatsite.chat.frames import START, Cursor, Frame
from chatsite.conversations.errors import UNAVAILABLE, Refusal
from chatsite.conversations.models import Completion
from chatsite.conversations.turns import Turn
from chatsite.runs.process import PROCESS

logger = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong on this site. It has been logged."
# Times that a page may at once have told again what it was told before, and seconds for each further time. It asks for
# that after a reconnect, on a slow network several times; one that asked on and on, reading nothing, would fill memory.
AGAIN_AT_ONCE = 30
AGAIN_EVERY = 2.0
# The same for questions whether all is well, and for what is refused. A person comes near neither.
ASKED_AT_ONCE = 60
ASKED_EVERY = 0.5
# Seconds for a page to say what it has before it is sent an answer from the start.
RESUME_WITHIN = 0.1

Close = Callable[[int], Awaitable[None]]


class Session:
    """Follows runs for one page, and owns none. `send` gives the page an event; `close` ends it with a close code."""

    def __init__(
        self, person: User, credential: Credential, conversation: UUID, send: Send, close: Close
    ) -> None:
        self.person = person
        self.credential = credential
        self._conversation = conversation
        self._send = send
        self._close = close
        self._followers: dict[UUID, Follower] = {}
        self._newest = 0
        self._is_closed = False
        self._telling = asyncio.Lock()
        self._again = Allowance(AGAIN_AT_ONCE, AGAIN_EVERY)
        self._asked = Allowance(ASKED_AT_ONCE, ASKED_EVERY)

    async def open(self, cursors: Mapping[UUID, Cursor] | None = None) -> None:
        """Tell the page what is running, and go on from where it says it is.

        Raises Refusal for a stranger's conversation, and where too many pages are open. Leaves nothing behind then.
        """
        try:
            await self._open(cursors)
        except BaseException:
            self.close()
            raise

    async def _open(self, cursors: Mapping[UUID, Cursor] | None) -> None:
        async with self._telling:
            await CHANGES.register(self)
            state = await self._state()
            self._newest = state.newest
            await self._send(events.conversation_opened(self._conversation, state))
            self._begin_following(state.running, cursors)

    def _begin_following(self, running: list[Completion], cursors: Mapping[UUID, Cursor] | None) -> None:
        for completion in running:
            if cursors is None:
                self._follow(completion, wait=RESUME_WITHIN)
            else:
                self._follow(completion, cursors.get(completion.message.uuid, START))

    async def end(self, code: int) -> None:
        """Close the page, with a code that tells it why."""
        await self._close(code)

    def close(self) -> None:
        """The page is gone. Its answers go on."""
        self._is_closed = True
        CHANGES.unregister(self)
        for follower in self._followers.values():
            follower.task.cancel()

    async def receive(self, text: str | None) -> None:
        """Do what a frame asks for; what cannot be done is answered in words."""
        if PROCESS.runs.draining:
            return  # the page is about to be told to come again, and sends what was not answered once more
        ref = None
        try:
            frame = Frame.parse(text)
            ref = frame.ref
            await self._do(frame)
        except Refusal as refusal:
            await self._refuse(refusal, ref)
        except (InterfaceError, OperationalError):
            logger.exception("The database refused what a frame asks for.")
            await self._send(events.error("unavailable", UNAVAILABLE, ref))
        except (
            Exception
        ):  # a page that is told can go on; one that is cut off would come again with the same frame
            logger.exception("A frame could not be done.")
            await self._send(events.error("internal", UNEXPECTED, ref))

    async def _refuse(self, refusal: Refusal, ref: str | None) -> None:
        await self._asked.take()
        await self._send(events.error(refusal.code, str(refusal), ref))
        if refusal.code == commands.SIGNED_OUT:
            await self.end(SIGN_IN)

    async def _do(self, frame: Frame) -> None:
        match frame.type:
            case "message.create" | "reply.create" | "reply.continue":
                await self._begin(frame)
            case "reply.stop":
                await commands.stop(self.person, self._conversation, frame)
            case "events.resume":
                await self._resume(frame)
            case "events.ack":
                self._acknowledge(frame)
            case "conversation.check":
                await self._check()
            case _:
                raise Refusal("unknown_type", "This type of frame is not known here.")

    async def _begin(self, frame: Frame) -> None:
        turn = await commands.begin(self.person, self._conversation, frame, self.credential)
        if not turn.is_new:
            await self._again.take()
            await self._tell(turn.completion.pk)

    async def _resume(self, frame: Frame) -> None:
        message, cursor = frame.uuid("message"), frame.cursor()
        await self._again.take()
        newest = database_sync_to_async(lookups.completion_of)
        self._follow(await newest(self.person, self._conversation, message), cursor)

    def _acknowledge(self, frame: Frame) -> None:
        if follower := self._followers.get(frame.uuid("message")):
            follower.window.acknowledge(frame.count("offset"), frame.count("pace"))

    async def _check(self) -> None:
        await self._asked.take()
        # What changes after this look is told after it, too.
        async with self._telling:
            await self._send(events.conversation_checked(self._conversation, await self._state()))

    async def _state(self) -> events.State:
        return await database_sync_to_async(lookups.state)(self.person, self._conversation)

    async def changed(self, conversation: UUID, event: str) -> None:
        """One of this person's conversations has changed: `event` says how. If it is ours, show what is new."""
        async with self._telling:
            if conversation == self._conversation:
                await self._tell_new()
            await self._send(event)

    async def began(self, turn: Turn, turn_events: list[str], event: str) -> None:
        """The same for a turn that this process has just begun: all of it is at hand."""
        async with self._telling:
            if turn.completion.message.conversation.uuid != self._conversation:
                pass
            elif self._newest == turn.before:
                await self._show(turn.completion, turn_events)
                self._newest = turn.completion.pk
            else:
                await self._tell_new()
            await self._send(event)

    async def ended(self, completion: Completion, event: str) -> None:
        """A run has ended, perhaps before anything was told of it: `event` names the message that it made."""
        async with self._telling:
            if completion.message.conversation.uuid == self._conversation and self._newest < completion.pk:
                await self._tell_new()
            await self._send(event)

    async def _tell_new(self) -> None:
        """Tell the turns that began since the last look, each once and in order; under the lock."""
        began = database_sync_to_async(lookups.completions_after)
        for completion in await began(self._conversation, self._newest):
            await self._tell(completion)
            self._newest = completion

    async def _tell(self, completion_pk: int) -> None:
        """Send a turn as far as it is: the person's message, the answer, and what it says from now on."""
        await self._show(*await database_sync_to_async(lookups.turn_events)(completion_pk))

    async def _show(self, completion: Completion, turn_events: list[str]) -> None:
        for event in turn_events:
            await self._send(event)
        self._follow(completion)

    def _follow(self, completion: Completion, cursor: Cursor = START, wait: float = 0) -> None:
        """Follow a run from a cursor, in place of any earlier follower of its message. What a page that is gone was
        about to be sent is not followed any more."""
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
