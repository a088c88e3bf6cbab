"""The same events as server-sent events, and the same frames by POST, for networks that block WebSockets."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from uuid import UUID

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from chatsite.accounts.credentials import Credential, credential
from chatsite.chat import commands, events, lookups
from chatsite.chat.changes import CHANGES
from chatsite.chat.frames import Cursor, Frame
from chatsite.chat.tabs import Session
from chatsite.conversations.errors import UNAVAILABLE, Refusal

logger = logging.getLogger(__name__)

# Bytes in one response. The page then asks for the next one from where it is, which shows that it has read this one:
# sending itself never waits for a slow reader.
MOST = 256 * 1024
# Seconds of silence after which a comment shows that the connection lives.
ALIVE_EVERY = 15


@require_GET
async def stream(request: HttpRequest, uuid: UUID) -> HttpResponse | StreamingHttpResponse:
    """The events of a conversation. `at`: where the page is, see frames."""
    try:
        person = await request.auser()
        if not person.is_authenticated:
            return _error(401, "signed_out", "You are signed out.")
        cursors = dict(Cursor.parse(place) for place in request.GET.getlist("at"))
        held = await database_sync_to_async(_admit)(person, request.session, uuid)
    except Refusal as refusal:
        return _error(429 if refusal.code == "too_many_pages" else 404, refusal.code, str(refusal))
    except (InterfaceError, OperationalError):
        return _unavailable()
    events_of = _events(person, held, uuid, cursors)
    response = StreamingHttpResponse(events_of, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Compression would hold events back.
    response["Content-Encoding"] = "identity"
    response["X-Accel-Buffering"] = "no"
    return response


def _admit(person: User, session: SessionBase, conversation: UUID) -> Credential:
    """What a person may open a page with. Raises Refusal."""
    CHANGES.refuse_more_pages(person.pk)
    lookups.refuse_stranger(person, conversation)
    return credential(person.pk, session)


async def _events(
    person: User, held: Credential, conversation: UUID, cursors: dict[UUID, Cursor]
) -> AsyncGenerator[str, None]:
    # All that must be undone is done in here: a response that nobody begins to read is dropped without a word.
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    async def end(code: int) -> None:
        await queue.put(None)

    session = Session(person, held, conversation, queue.put, end)
    try:
        await session.open(cursors)
        async for event in _first(queue, MOST):
            yield event
    except Refusal as refusal:
        yield f"data: {events.error(refusal.code, str(refusal))}\n\n"
    finally:
        session.close()


async def _first(queue: asyncio.Queue[str | None], size: int) -> AsyncGenerator[str, None]:
    """About so many bytes of the events, as they come."""
    while size > 0:
        try:
            event = await asyncio.wait_for(queue.get(), ALIVE_EVERY)
        except TimeoutError:
            yield ": alive\n\n"
            continue
        if event is None:
            return
        size -= len(event)
        yield f"data: {event}\n\n"


@require_POST
async def frames(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One frame. What follows from it comes by the stream; here only whether it could be done."""
    ref = None
    try:
        frame = Frame.parse(request.body.decode(errors="replace"))
        ref = frame.ref
        person = await request.auser()
        if not person.is_authenticated:
            return _error(401, "signed_out", "You are signed out.")
        if frame.type == "reply.stop":
            await commands.stop(person, uuid, frame)
        else:
            await commands.begin(person, uuid, frame)
    except Refusal as refusal:
        return _error(422, refusal.code, str(refusal), ref)
    except (InterfaceError, OperationalError):
        return _unavailable(ref)
    return HttpResponse(status=204)


def _unavailable(ref: str | None = None) -> HttpResponse:
    logger.exception("The database refused what a page asks for.")
    return _error(503, "unavailable", UNAVAILABLE, ref)


def _error(status: int, code: str, detail: str, ref: str | None = None) -> HttpResponse:
    return HttpResponse(events.error(code, detail, ref), status=status, content_type="application/json")
