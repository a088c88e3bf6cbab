"""The same events as server-sent events, and the same commands by POST, for networks that block WebSockets."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from chatsite.accounts.credentials import Credential, credential
from chatsite.chat import events, queries
from chatsite.chat.changes import CHANGES
from chatsite.chat.commands import read
from chatsite.chat.conversation_tabs import ConversationTab
from chatsite.chat.cursors import Cursor
from chatsite.chat.dispatch import Sender, dispatch
from chatsite.chat.errors import STATUSES, refusing, signed_out
from chatsite.chat.fields import Fields
from chatsite.chat.person_tabs import PersonTab
from chatsite.chat.tabs import Close, Send, Tab
from chatsite.conversations.errors import Refusal
from chatsite.live_response import LiveResponse
from chatsite.protocol import SILENCE_SECONDS

# Characters in one response. The page then asks for the next one from its cursors, which shows that it has read this
# one: sending itself never waits for a slow reader.
MAX_RESPONSE_CHARACTERS = 256 * 1024

NewTab = Callable[[Send, Close], Tab]


@require_GET
async def person_stream(request: HttpRequest) -> HttpResponse | LiveResponse:
    """The events of a person."""
    try:
        with refusing():
            user = await _user(request)
            held = await _admit(user, request.session)
    except Refusal as refusal:
        return _error(refusal, 404)
    return _stream(lambda send, close: PersonTab(user, held, send, close), "lately" in request.GET)


@require_GET
async def conversation_stream(request: HttpRequest, uuid: UUID) -> HttpResponse | LiveResponse:
    """The events of a conversation. `at` in the query: the page's cursors."""
    try:
        with refusing():
            user = await _user(request)
            cursors = dict(Cursor.parse(text) for text in request.GET.getlist("at"))
            held = await _admit(user, request.session, uuid)
    except Refusal as refusal:
        return _error(refusal, 404)
    lately = "lately" in request.GET
    return _stream(lambda send, close: ConversationTab(user, held, send, close, uuid, cursors), lately)


@database_sync_to_async
def _admit(user: User, session: SessionBase, conversation: UUID | None = None) -> Credential:
    """Return what a person opens a page with. Raises Refusal where they may not open one more, or not this one."""
    CHANGES.refuse_more_pages(user.pk)
    if conversation:
        queries.refuse_stranger(user, conversation)
    return credential(user.pk, session)


def _stream(new_tab: NewTab, lately: bool) -> LiveResponse:
    return LiveResponse(_events(new_tab, lately), content_type="text/event-stream")


async def _events(new_tab: NewTab, lately: bool) -> AsyncGenerator[str, None]:
    # All that must be undone is done in here: a response that is never read is dropped without notice.
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    async def close(code: int) -> None:
        await queue.put(None)

    tab = new_tab(queue.put, close)
    try:
        await tab.open(lately)
        async for event in _first(queue, MAX_RESPONSE_CHARACTERS):
            yield event
    except Refusal as refusal:
        yield f"data: {events.error(refusal.code, str(refusal))}\n\n"
    finally:
        tab.close()


async def _first(queue: asyncio.Queue[str | None], size: int) -> AsyncGenerator[str, None]:
    """Yield about `size` characters of the events, as they come."""
    while size > 0:
        try:
            event = await asyncio.wait_for(queue.get(), SILENCE_SECONDS)
        except TimeoutError:
            yield ": alive\n\n"
            continue
        if event is None:
            return
        size -= len(event)
        yield f"data: {event}\n\n"


@require_POST
async def frames(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One command. What follows from it comes by the stream; here only whether it could be done."""
    try:
        fields = Fields.parse(request.body.decode(errors="replace"))
        with refusing(fields.ref):
            user = await _user(request)
            await dispatch(read(fields), Sender(user, uuid))
    except Refusal as refusal:
        return _error(refusal, 422)
    return HttpResponse(status=204)


async def _user(request: HttpRequest) -> User:
    """Return the user who is signed in. Raises Refusal."""
    user: User | AnonymousUser = await request.auser()
    if isinstance(user, AnonymousUser):
        raise signed_out()
    return user


def _error(refusal: Refusal, status: int) -> HttpResponse:
    """The refusal as an error event, with the status of its code, or this one."""
    event = events.error(refusal.code, str(refusal), refusal.ref)
    status = STATUSES.get(refusal.code, status)
    return HttpResponse(event, status=status, content_type="application/json")
