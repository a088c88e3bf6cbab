"""The socket of one conversation: frames in, events out. It starts and follows runs, and owns none."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from chatsite.conversations import deltalog, events, hints, turns
from chatsite.conversations.errors import NOT_THERE, Refusal
from chatsite.conversations.followers import Follower
from chatsite.conversations.frames import Frame
from chatsite.conversations.models import Completion, Conversation
from chatsite.conversations.runs import RUNS
from chatsite.conversations.turns import Turn

SIGN_IN = 4401
NOT_THERE_CODE = 4404
# Seconds for a page to say what it has before it is sent an answer from the start.
RESUME_WITHIN = 0.1


class ConversationConsumer(AsyncWebsocketConsumer):
    """Speaks the protocol that `events` and `frames` describe."""

    person: Any

    async def connect(self) -> None:
        # A socket that is refused before it is accepted shows the browser no code.
        await self.accept()
        self.person = self.scope["user"]
        self.uuid: UUID = self.scope["url_route"]["kwargs"]["uuid"]
        self.followers: dict[UUID, Follower] = {}
        self.groups = []
        if not self.person.is_authenticated:
            await self.close(SIGN_IN)
            return
        try:
            running = await database_sync_to_async(_running)(self.person, self.uuid)
        except Refusal:
            await self.close(NOT_THERE_CODE)
            return
        await self._open(running)

    async def _open(self, running: list[Completion]) -> None:
        self.groups = [hints.conversation_group(self.uuid), hints.person_group(self.person.pk)]
        for group in self.groups:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.send(events.conversation_opened(self.uuid, [run.message.uuid for run in running]))
        for completion in running:
            self._follow(completion, wait=RESUME_WITHIN)

    async def disconnect(self, code: int) -> None:
        for follower in self.followers.values():
            follower.task.cancel()
        for group in self.groups:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        ref = None
        try:
            frame = Frame.parse(text_data)
            ref = frame.ref
            await self._handler(frame)(frame)
        except Refusal as refusal:
            await self.send(events.error(refusal.code, str(refusal), ref))

    def _handler(self, frame: Frame) -> Callable[[Frame], Awaitable[None]]:
        handlers = {
            "message.create": self.message_create,
            "reply.create": self.reply_create,
            "reply.stop": self.reply_stop,
            "events.resume": self.events_resume,
            "events.ack": self.events_ack,
        }
        if frame.type not in handlers:
            raise Refusal("unknown_type", "This type of frame is not known here.")
        return handlers[frame.type]

    # Frames from the page

    async def message_create(self, frame: Frame) -> None:
        turn = await database_sync_to_async(turns.create_message)(
            self.person, self.uuid, frame.uuid("id"), frame.text("text"), frame.parent(), frame.choice()
        )
        await self._begin(turn)

    async def reply_create(self, frame: Frame) -> None:
        turn = await database_sync_to_async(turns.create_reply)(
            self.person, self.uuid, frame.uuid("parent"), frame.choice()
        )
        await self._begin(turn)

    async def reply_stop(self, frame: Frame) -> None:
        completion = await self._completion(frame.uuid("message"))
        RUNS.stop(completion)
        await database_sync_to_async(deltalog.request_stop)(completion)

    async def events_resume(self, frame: Frame) -> None:
        completion = await self._completion(frame.uuid("message"))
        self._follow(completion, frame.position("offset"), frame.position("blocks"))

    async def events_ack(self, frame: Frame) -> None:
        if follower := self.followers.get(frame.uuid("message")):
            follower.window.acknowledge(frame.position("offset"))

    # Hints from other sockets and from ended runs

    async def turn_began(self, hint: dict[str, Any]) -> None:
        """A message was sent, or an answer begun, on another socket of this conversation."""
        if hint["by"] != self.channel_name:
            await self._tell(hint["completion"])

    async def conversation_changed(self, hint: dict[str, Any]) -> None:
        """One of this person's conversations has changed in what lists show."""
        await self.send(await database_sync_to_async(_changed)(hint["conversation"]))

    # What those share

    async def _begin(self, turn: Turn) -> None:
        """Start the answer of a new turn, show it here, and let the other sockets know."""
        if turn.is_new:
            RUNS.start(turn)
        await self._tell(turn.completion.pk)
        if turn.is_new:
            await hints.turn_began(turn.completion, self.channel_name)
            await hints.conversation_changed(turn.message.conversation)

    async def _tell(self, completion_pk: int) -> None:
        """Send a turn as far as it is: the person's message, the answer, and what it says from now on."""
        completion, created, started = await database_sync_to_async(_turn)(completion_pk)
        await self.send(created)
        await self.send(started)
        self._follow(completion)

    def _follow(self, completion: Completion, offset: int = 0, blocks: int = 0, wait: float = 0) -> None:
        """Follow a run from a cursor, in place of any earlier follower of its message."""
        message = completion.message.uuid
        if earlier := self.followers.pop(message, None):
            earlier.task.cancel()
        follower = self.followers[message] = Follower(self.send, completion, offset, blocks, wait)
        follower.task.add_done_callback(lambda _: self._followed(message, follower))

    def _followed(self, message: UUID, follower: Follower) -> None:
        if self.followers.get(message) is follower:
            del self.followers[message]

    async def _completion(self, message: UUID) -> Completion:
        return await database_sync_to_async(_newest_run)(self.person, self.uuid, message)


def _running(user: Any, conversation: UUID) -> list[Completion]:
    """The runs that go on in a conversation of this person, or in a new one. Raises Refusal for a stranger's."""
    found = Conversation.objects.filter(uuid=conversation).first()
    if found and found.owner_id != user.pk:
        raise Refusal("not_found", NOT_THERE)
    Completion.objects.interrupt_stale()
    running = Completion.objects.streaming().filter(message__conversation__uuid=conversation)
    return list(running.select_related("message"))


def _newest_run(user: Any, conversation: UUID, message: UUID) -> Completion:
    """The newest run of an assistant message, if it is this person's. Raises Refusal."""
    runs = Completion.objects.filter(
        message__uuid=message, message__conversation__uuid=conversation, message__conversation__owner=user
    )
    run: Completion | None = runs.select_related("message").order_by("pk").last()
    if not run:
        raise Refusal("not_found", "This answer is not in this conversation.")
    return run


def _turn(completion_pk: int) -> tuple[Completion, str, str]:
    run = Completion.objects.select_related("message__parent__parent").get(pk=completion_pk)
    return run, events.message_created(run.message.parent), events.reply_started(run)


def _changed(conversation_pk: int) -> str:
    conversation = Conversation.objects.with_answering().select_related("head").get(pk=conversation_pk)
    return events.conversation_changed(conversation, conversation.is_answering)
