"""One client's connection to the upstream: HTTP/1.1 in and out, and the moment the client leaves."""

import asyncio
import socket
import struct
import time
from collections.abc import Callable

from tests.upstream.answers import HANG, RESET, Answer, End
from tests.upstream.journal import Request


class Connection(asyncio.StreamReaderProtocol):
    """Reads requests, writes what `respond` answers, and calls `changed` when a request is over."""

    def __init__(
        self, number: int, respond: Callable[[Request], Answer], changed: Callable[[], None]
    ) -> None:
        super().__init__(asyncio.StreamReader(), self._serve)
        self.number, self.respond, self.changed = number, respond, changed
        self.left = asyncio.Event()
        self.task: asyncio.Task | None = None
        self.is_answering = False

    def eof_received(self) -> bool | None:
        self.left.set()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.left.set()
        super().connection_lost(exc)

    async def close(self) -> None:
        if self.task:
            self.task.cancel()
            await asyncio.wait({self.task})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.task = reader, writer, asyncio.current_task()
        try:
            while await self._exchange(await self._read()):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client wants nothing more, or the upstream closes
        finally:
            writer.close()

    async def _read(self) -> Request:
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Request(self.number, method, path, headers, await self._body(headers))

    async def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(headers.get("content-length", 0)))
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readline()
        return body

    async def _exchange(self, request: Request) -> bool:
        """Answer one request; whether the connection may be used again."""
        self.is_answering = True
        answering = asyncio.create_task(self._answer(request, self.respond(request)))
        leaving = asyncio.create_task(self.left.wait())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return answering.done() and await answering
        finally:
            self.is_answering = False
            answering.cancel()
            leaving.cancel()
            if request.ended_at is None and self.left.is_set():
                request.closed_at = time.monotonic()
            self.changed()

    async def _answer(self, request: Request, answer: Answer) -> bool:
        await asyncio.sleep(answer.delay)
        request.status = answer.status
        self.writer.write(answer.head)
        async for step in answer.each():
            if isinstance(step, End):
                return await self._end(request, step)
            await self._step(request, step, answer.chunked)
        if answer.chunked:
            self.writer.write(b"0\r\n\r\n")
        request.ended_at = time.monotonic()
        return answer.chunked or answer.sized

    async def _step(self, request: Request, step: bytes | float, chunked: bool) -> None:
        if not isinstance(step, bytes):
            return await asyncio.sleep(step)
        self.writer.write(b"%x\r\n%s\r\n" % (len(step), step) if chunked else step)
        request.sent += step
        await self.writer.drain()
        return await asyncio.sleep(0)  # a client in the same loop can read now

    async def _end(self, request: Request, end: End) -> bool:
        if end is HANG:
            await asyncio.sleep(float("inf"))
        if end is RESET:
            linger = struct.pack("ii", 1, 0)
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.writer.transport.abort()
        request.ended_at = time.monotonic()
        return False
