"""What a page may ask for that changes something: a message, an answer, its continuation, its end."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import User

from chatsite.accounts.credentials import Credential, is_signed_in
from chatsite.chat import events, lookups
from chatsite.chat.changes import CHANGES
from chatsite.chat.frames import Frame
from chatsite.conversations import turns
from chatsite.conversations.errors import Refusal
from chatsite.conversations.turns import Turn
from chatsite.runs import log
from chatsite.runs.process import PROCESS

SIGNED_OUT = "signed_out"


def _create_message(person: User, conversation: UUID, frame: Frame) -> Turn:
    message, text = frame.uuid("id"), frame.text("text")
    return turns.create_message(person, conversation, message, text, frame.parent(), frame.choice())


def _create_reply(person: User, conversation: UUID, frame: Frame) -> Turn:
    return turns.create_reply(person, conversation, frame.uuid("parent"), frame.choice())


def _continue_reply(person: User, conversation: UUID, frame: Frame) -> Turn:
    return turns.continue_reply(person, conversation, frame.uuid("message"))


BEGINNINGS: dict[str, Callable[[User, UUID, Frame], Turn]] = {
    "message.create": _create_message,
    "reply.create": _create_reply,
    "reply.continue": _continue_reply,
}


async def begin(person: User, conversation: UUID, frame: Frame, credential: Credential | None = None) -> Turn:
    """Save a turn, start its answer, and show it on the open pages. Raises Refusal.

    credential: what a page was opened with that no request has looked at since.
    """
    if frame.type not in BEGINNINGS:
        raise Refusal("unknown_type", "This type of frame is not known here.")
    if PROCESS.runs.draining:
        raise Refusal("restarting", "The site is being restarted. Send this again in a moment.")
    loop = asyncio.get_running_loop()

    # Started by the thread that saves: who waits for it is cancelled when the page goes, and what is saved is answered.
    def save_and_start() -> Turn:
        if credential and not is_signed_in(credential):
            raise Refusal(SIGNED_OUT, "You are signed out.")
        turn = BEGINNINGS[frame.type](person, conversation, frame)
        if turn.is_new:
            loop.call_soon_threadsafe(PROCESS.runs.start, turn, context=Context())
        return turn

    turn: Turn = await database_sync_to_async(save_and_start)()
    if turn.is_new:
        await _show(turn)
    return turn


async def _show(turn: Turn) -> None:
    # After the run was started: what goes upstream does not wait for what pages show.
    turn_events = await database_sync_to_async(events.turn)(turn.message, turn.completion)
    if turn.completion.pk in PROCESS.runs.ours:
        CHANGES.began(turn, turn_events)
    else:
        await CHANGES.announce(turn.message.conversation_id)


async def stop(person: User, conversation: UUID, frame: Frame) -> None:
    """End a run, whichever process writes it. Raises Refusal."""
    completion = await database_sync_to_async(lookups.completion_of)(
        person, conversation, frame.uuid("message")
    )
    PROCESS.runs.stop(completion)
    await database_sync_to_async(log.request_stop)(completion)
