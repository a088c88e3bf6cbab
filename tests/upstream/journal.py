"""The upstream's journal: what each request asked, what was sent to it, and when the client left."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.upstream.sse import joined


@dataclass(eq=False)
class Request:
    """One request. Times are of time.monotonic()."""

    connection: int  # number of the connection, from 1
    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    at: float = field(default_factory=time.monotonic)
    status: int | None = None  # of the reply, once it was begun
    sent: bytearray = field(default_factory=bytearray)  # of the reply's body, without its framing
    ended_at: float | None = None  # the reply was sent to its end (cut and reset are ends too)
    closed_at: float | None = None  # the client left before that

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def closed_early(self) -> bool:
        return self.closed_at is not None

    @property
    def text_sent(self) -> str:
        """The text of choice 0 in all that was sent."""
        return joined(bytes(self.sent))

    @property
    def reasoning_sent(self) -> str:
        return joined(bytes(self.sent), "reasoning_content")


class Journal:
    """Requests in the order they came, and a way to wait for their moments."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._change = asyncio.Event()

    def add(self, request: Request) -> None:
        self.requests.append(request)
        self.changed()

    def changed(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    async def nth(self, n: int, moment: Callable[[Request], float | None], timeout: float) -> Request:
        async with asyncio.timeout(timeout):
            while len(past := [each for each in self.requests if moment(each) is not None]) < n:
                await self._change.wait()
        return sorted(past, key=moment)[n - 1]
