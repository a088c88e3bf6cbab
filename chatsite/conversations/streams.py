"""The same events as server-sent events, and the same frames by POST, for networks that block WebSockets."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

from channels.db import database_sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from chatsite.accounts.credentials import credential
from chatsite.conversations import commands, events
from chatsite.conversations.errors import Refusal
from chatsite.conversations.frames import Cursor, Frame
from chatsite.conversations.sessions import Session

# Bytes in one response. The page then asks for the next one from where it is, which shows that it has read this one:
# sending itself never waits for a slow reader.
MOST = 256 * 1024
# Seconds of silence after which a comment shows that the connection lives.
ALIVE_EVERY = 15


@require_GET
async def stream(request: HttpRequest, uuid: UUID) -> HttpResponse | StreamingHttpResponse:
    """The events of a conversation. `at`: where the page is, see frames."""
    person = await request.auser()
    if not person.is_authenticated:
        return _error(401, "signed_out", "You are signed out.")
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    async def end(code: int) -> None:
        await queue.put(None)

    held = await database_sync_to_async(credential)(person.pk, request.session)
    session = Session(person, held, uuid, queue.put, end)
    try:
        await session.open(dict(Cursor.parse(place) for place in request.GET.getlist("at")))
    except Refusal as refusal:
        session.close()
        return _error(404, refusal.code, str(refusal))
    response = StreamingHttpResponse(_events(session, queue), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Compression would hold events back.
    response["Content-Encoding"] = "identity"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(session: Session, queue: asyncio.Queue[str | None]) -> AsyncGenerator[str, None]:
    sent = 0
    try:
        while sent < MOST:
            try:
                event = await asyncio.wait_for(queue.get(), ALIVE_EVERY)
            except TimeoutError:
                yield ": alive\n\n"
                continue
            if event is None:
                return
            sent += len(event)
            yield f"data: {event}\n\n"
    finally:
        session.close()


@require_POST
async def frames(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One frame. What follows from it comes by the stream; here only whether it could be done."""
    person = await request.auser()
    if not person.is_authenticated:
        return _error(401, "signed_out", "You are signed out.")
    ref = None
    try:
        frame = Frame.parse(request.body.decode(errors="replace"))
        ref = frame.ref
        if frame.type == "reply.stop":
            await commands.stop(person, uuid, frame)
        else:
            await commands.begin(person, uuid, frame)
    except Refusal as refusal:
        return _error(422, refusal.code, str(refusal), ref)
    return HttpResponse(status=204)


def _error(status: int, code: str, detail: str, ref: str | None = None) -> HttpResponse:
    return HttpResponse(events.error(code, detail, ref), status=status, content_type="application/json")
