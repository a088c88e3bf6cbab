"""Every command is done here, whether it came by a socket, by POST or from a form."""

import asyncio
from contextvars import Context
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import User

from chatsite.accounts.credentials import Credential, is_signed_in
from chatsite.chat import events, queries
from chatsite.chat.changes import CHANGES
from chatsite.chat.commands import (
    Acknowledge,
    Check,
    Command,
    ContinueReply,
    CreateMessage,
    CreateReply,
    Resume,
    StopReply,
    Watch,
)
from chatsite.chat.cursors import Cursor
from chatsite.chat.errors import refusing, signed_out
from chatsite.conversations import continuation, turns
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion
from chatsite.conversations.turns import Turn
from chatsite.runs import log
from chatsite.runs.process import PROCESS

Beginning = CreateMessage | CreateReply | ContinueReply


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a command, and about which conversation.

    credential: what the page was opened with, where no request has checked it since.
    """

    user: User
    conversation: UUID
    credential: Credential | None = None


class OpenTab(Protocol):
    """A tab that answers commands about itself. A form and a POST have none."""

    async def show_again(self, completion: Completion) -> None: ...

    async def resume(self, message: UUID, cursor: Cursor) -> None: ...

    def acknowledge(self, message: UUID, offset: int, pace: int) -> None: ...

    async def check(self) -> None: ...

    async def watch(self, is_seen: bool) -> None: ...


async def dispatch(command: Command, sender: Sender, tab: OpenTab | None = None) -> None:
    """Do a command. Any failure raises Refusal."""
    if tab and isinstance(command, Acknowledge):
        tab.acknowledge(command.message, command.offset, command.pace)
        return
    with refusing(command.ref):
        match command:
            case CreateMessage() | CreateReply() | ContinueReply():
                await _begin(command, sender, tab)
            case StopReply():
                await _stop(command, sender)
            case Resume() if tab:
                await tab.resume(command.message, command.cursor)
            case Check() if tab:
                await tab.check()
            case Watch(is_seen) if tab:
                await tab.watch(is_seen)
            case _:
                raise Refusal("unknown_type", "This command is for open sockets only.")


async def _begin(command: Beginning, sender: Sender, tab: OpenTab | None) -> None:
    """Save a turn, start its answer, and show it on the open pages. One that was saved before is shown again."""
    turn = await _save_and_start(command, sender)
    if tab and not turn.is_new:
        await tab.show_again(turn.completion)


async def _save_and_start(command: Beginning, sender: Sender) -> Turn:
    if PROCESS.runs.draining:
        raise Refusal("restarting", "The site is being restarted. Send this again in a moment.")
    loop = asyncio.get_running_loop()

    # Started by the thread that saves: a caller is cancelled when its page disconnects, and what is saved is answered.
    def save_and_start() -> Turn:
        if sender.credential and not is_signed_in(sender.credential):
            raise signed_out()
        turn = _save(command, sender)
        if turn.is_new:
            turn_events: list[str] = []
            try:
                turn_events = events.turn(turn.message, turn.completion)
            finally:
                loop.call_soon_threadsafe(_start, turn, turn_events, context=Context())
        return turn

    saved: Turn = await database_sync_to_async(save_and_start)()
    return saved


def _start(turn: Turn, turn_events: list[str]) -> None:
    """In one step: an answer that ended before it is shown would have to be read from the database again."""
    PROCESS.runs.start(turn)
    CHANGES.began(turn, turn_events)


def _save(command: Beginning, sender: Sender) -> Turn:
    user, conversation = sender.user, sender.conversation
    match command:
        case CreateMessage(message, text, parent, options, lifetime):
            new = turns.NewMessage(message, text, parent, options, lifetime)
            return turns.create_message(user, conversation, new)
        case CreateReply(parent, options):
            return turns.create_reply(user, conversation, parent, options)
        case ContinueReply(message):
            return continuation.continue_reply(user, conversation, message)


async def _stop(command: StopReply, sender: Sender) -> None:
    """End a run, whichever process writes it."""
    completion = await queries.completion_of(sender.user, sender.conversation, command.message)
    PROCESS.runs.stop(completion)
    await log.request_stop(completion)
