"""The upstream server: queues of replies, and the journal of requests."""

import asyncio
import ssl
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Self

from tests.upstream.answers import CUT, HANG, RESET, SSE, Answer, Hold, Steps, begin, failure, say, whole
from tests.upstream.connection import Connection
from tests.upstream.journal import Journal, Request

COMPLETIONS = "/v1/chat/completions"
DEFAULT_TEXT = "Hello from upstream."


class Upstream:
    """Each completion request takes the next queued reply; with none left, it is DEFAULT_TEXT."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.tls = tls
        self.models = ["test-model"]
        self.other_requests: list[Request] = []  # to any path but the completions
        self.connections: list[Connection] = []  # all that were ever opened
        self._journal = Journal()
        self._queues: dict[str, deque[Callable[[Request], Answer]]] = defaultdict(deque)

    @property
    def base_url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/v1"

    @property
    def requests(self) -> list[Request]:
        """All completion requests so far, in the order they came."""
        return self._journal.requests

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._server = await self._loop.create_server(self._connect, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in self.connections:
            await connection.close()

    def reply(
        self,
        text: str | Iterable[str] | None = None,
        *,
        pace: float = 0,
        reason: str | None = "stop",
        chunks: Steps | None = None,
        body: Any = None,
        status: int = 200,
        headers: dict[str, str] | None = None,
        delay: float = 0,
        framing: str = "chunked",
        path: str = COMPLETIONS,
    ) -> None:
        """Queue one reply: a text, raw chunks, or a whole body.

        text: in token-like deltas every `pace` seconds (an iterable gives the very deltas), or as one
          chat.completion when the request asks for no stream. chunks: the steps of a stream, as they are.
        body: str is HTML, bytes go as they are, else JSON. None of the three: an error object for `status`.
        """

        def answer(request: Request) -> Answer:
            if chunks is not None:
                made = Answer(chunks, status, SSE)
            elif text is not None:
                made = say(request, text, pace, reason)
            else:
                made = failure(status) if body is None else whole(body, status)
            return replace(made, headers=made.headers | (headers or {}), delay=delay, framing=framing)

        self._queues[path].append(answer)

    def hang(self, after: str | None = None) -> None:
        """Never answer; or, with `after`, stream that text and fall silent."""
        if after is None:
            self.reply(chunks=[], delay=float("inf"))
        else:
            self.reply(chunks=[*begin(after), HANG])

    def cut(self, after: str = "", clean: bool = False) -> None:
        """Stream `after` and close in mid-body; `clean` ends the body as HTTP wants it, without a finish."""
        self.reply(chunks=[*begin(after), *([] if clean else [CUT])])

    def reset(self, after: str = "") -> None:
        """Stream `after` and reset the connection."""
        self.reply(chunks=[*begin(after), RESET])

    def hold(self) -> Hold:
        """Queue a stream that opens at once, and sends what the test then gives to the returned Hold."""
        hold = Hold(self._loop)
        self.reply(chunks=hold.steps())
        return hold

    def forget(self) -> None:
        """Drop the replies that are queued; from now on it is well."""
        self._loop.call_soon_threadsafe(self._queues.clear)

    async def cut_all(self) -> None:
        """Cut the replies that are being sent."""
        for connection in self.connections:
            if connection.is_answering:
                await connection.close()

    async def requested(self, n: int = 1, timeout: float = 20) -> Request:
        """Wait until n completion requests have come; the n-th. TimeoutError after `timeout` seconds."""
        return await self._journal.nth(n, lambda request: request.at, timeout)

    async def closed(self, n: int = 1, timeout: float = 20) -> Request:
        """Wait until the clients of n completion requests have left early; the n-th to leave."""
        return await self._journal.nth(n, lambda request: request.closed_at, timeout)

    async def ended(self, n: int = 1, timeout: float = 20) -> Request:
        """Wait until n completion replies were sent to their end; the n-th to end."""
        return await self._journal.nth(n, lambda request: request.ended_at, timeout)

    def _connect(self) -> Connection:
        self.connections.append(Connection(len(self.connections) + 1, self._respond, self._journal.changed))
        return self.connections[-1]

    def _respond(self, request: Request) -> Answer:
        if request.path == COMPLETIONS:
            self._journal.add(request)
        else:
            self.other_requests.append(request)
        if queue := self._queues[request.path]:
            return queue.popleft()(request)
        return self._default(request)

    def _default(self, request: Request) -> Answer:
        if request.path == COMPLETIONS:
            return say(request, DEFAULT_TEXT)
        if request.path == "/v1/models":
            return whole(
                {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
            )
        return failure(404)


class UpstreamThread(Upstream):
    """The same in a thread of its own: requested(), closed(), ended() and cut_all() block instead of being awaited."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="upstream", daemon=True)
        self._thread.start()
        return self._wait(self.__aenter__())

    def __exit__(self, *_: object) -> None:
        self._wait(self.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def requested(self, n: int = 1, timeout: float = 20) -> Request:
        return self._wait(super().requested(n, timeout))

    def closed(self, n: int = 1, timeout: float = 20) -> Request:
        return self._wait(super().closed(n, timeout))

    def ended(self, n: int = 1, timeout: float = 20) -> Request:
        return self._wait(super().ended(n, timeout))

    def cut_all(self) -> None:
        self._wait(super().cut_all())

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
