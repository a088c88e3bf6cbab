"""Sending a request until it is answered with success, or with an error of the tree."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field

from chatsite.completions import retries
from chatsite.completions.errors import APITimeoutError, CompletionError, ProtocolError
from chatsite.completions.failures import status_error
from chatsite.completions.redaction import Secrets
from chatsite.completions.transport import Response, Wire

ERROR_BODY = 64 * 1024
LARGEST_BODY = 16 * 1024 * 1024
_REDIRECTS = 5
# A timer that is so late says that this process stood still, which then has a moment to take what came.
LATE_SECONDS = 0.5
AFTER_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, to the first token, between bytes, and for all of it."""

    connect: float = 5.0
    first_token: float = 120.0
    idle: float = 60.0
    total: float = 600.0

    @property
    def first_token_sentence(self) -> str:
        """What a person reads when the first token took too long; it names the setting."""
        seconds = f"{min(self.first_token, self.total):g} s"
        return f"The model server did not begin to answer within {seconds}, its first token timeout."


@dataclass(frozen=True, slots=True)
class Call:
    """A request that can be sent any number of times."""

    wire: Wire
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    limits: Limits
    secret: Secrets = field(default=None, repr=False)
    model: str = ""


async def opened(call: Call, deadline: float) -> Response:
    """A successful response, its body unread. deadline: loop time. Raises the tree's errors."""
    path = call.path
    for _ in range(_REDIRECTS):
        with timely(deadline, call.limits.first_token_sentence):
            async with until(deadline):
                response = await call.wire.send(
                    call.method, path, call.headers, call.content, call.limits.connect
                )
        if response.status == 200:
            return response
        target = _redirect(call, path, response)
        if target is None:
            if 200 < response.status < 300 and response.status != 204:
                return response
            await _fail(call, response)
        else:
            await response.aclose()
            path = target
    raise ProtocolError("The model server redirects without end; check the base URL.")


async def whole_body(response: Response, deadline: float) -> bytes:
    """All of the body, at most LARGEST_BODY bytes; closes the response."""
    body = bytearray()
    try:
        with timely(deadline, "The model server did not end its answer in time."):
            async with until(deadline):
                while data := await response.read():
                    body += data
                    if len(body) > LARGEST_BODY:
                        raise ProtocolError("The model server sent more than 16 MiB.")
    finally:
        await response.aclose()
    return bytes(body)


@contextlib.contextmanager
def timely(deadline: float, sentence: str) -> Iterator[None]:
    """A bare TimeoutError becomes an APITimeoutError with this sentence. The server may still be at work."""
    try:
        yield
    except TimeoutError as error:
        failure = APITimeoutError(sentence)
        failure.began = True
        raise failure from error


@contextlib.asynccontextmanager
async def until(deadline: float) -> AsyncIterator[None]:
    """Like asyncio.timeout_at, but where this process stood still until past the deadline, what came meanwhile
    is taken first."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as timer:

        def expire() -> None:
            was_paused = loop.time() - deadline > LATE_SECONDS
            timer.reschedule(loop.time() + (AFTER_PAUSE_SECONDS if was_paused else 0))

        waiting = loop.call_at(deadline, expire)
        try:
            yield
        finally:
            waiting.cancel()


async def _fail(call: Call, response: Response) -> None:
    """Raises the error for a response that is not a success, after reading a bounded part of its body."""
    body = bytearray()
    try:
        with contextlib.suppress(CompletionError, TimeoutError):
            async with asyncio.timeout(min(5.0, call.limits.idle)):
                while len(body) < ERROR_BODY and (data := await response.read()):
                    body += data
    finally:
        await response.aclose()
    if response.status < 400:
        raise ProtocolError(_no_answer(response.status), status=response.status)
    raise status_error(
        response.status,
        bytes(body),
        retry_after=retries.retry_after(response.headers),
        should_retry=retries.should_retry(response.headers),
        secret=call.secret,
        model=call.model,
    )


def _redirect(call: Call, path: str, response: Response) -> str | None:
    location = response.headers.get("location")
    if response.status not in (307, 308) or not location:
        return None
    return call.wire.redirected(path, location)


def _no_answer(status: int) -> str:
    if 300 <= status < 400:
        return f"The model server points to another address ({status}); check the base URL."
    return f"The model server sent no answer ({status})."
