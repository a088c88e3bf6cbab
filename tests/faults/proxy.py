"""A bad network: a TCP proxy that stalls, throttles, cuts, resets and refuses, at any moment."""

import asyncio
import random
import socket
import struct
from typing import Self

PIECE = 16 * 1024


class Direction:
    """One way through the proxy. `rate` is in bytes a second, of each connection; None is no limit."""

    def __init__(self) -> None:
        self.rate: float | None = None
        self._flows = asyncio.Event()
        self._flows.set()

    def stall(self) -> None:
        """Let nothing through, and keep the connections."""
        self._flows.clear()

    def flow(self) -> None:
        self._flows.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copy one connection's bytes until their end."""
        while piece := await reader.read(min(PIECE, max(1, int((self.rate or PIECE * 20) / 20)))):
            if self.rate:
                await asyncio.sleep(len(piece) / self.rate)
            await self._flows.wait()
            writer.write(piece)
            await writer.drain()
        writer.close()


class Proxy:
    """Listens on a port of its own and carries every connection to `target`. up: from the client, down: to it."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.up, self.down = Direction(), Direction()
        self.refuses = False
        self.connections = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        # Small buffers: a slow reader is felt by the sender, and not swallowed by the system.
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PIECE)
        self.port = self._listener.getsockname()[1]
        self._server = await asyncio.start_server(self._accept, sock=self._listener, limit=PIECE)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """End all connections as a program that closes them does (FIN)."""
        for writer in self._open:
            writer.close()

    def reset(self) -> None:
        """Break all connections (RST)."""
        for writer in list(self._open):
            reset(writer)

    def break_somehow(self, rng: random.Random) -> None:
        rng.choice([self.cut, self.reset])()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.refuses:
            return reset(writer)
        try:
            there_reader, there_writer = await self._dial()
        except OSError:
            return reset(writer)
        ends = {writer, there_writer}
        self._open |= ends
        try:
            await asyncio.gather(self.up.carry(reader, there_writer), self.down.carry(there_reader, writer))
        except OSError:
            pass
        finally:
            self._open -= ends
            for end in ends:
                end.close()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        there = socket.socket()
        there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
        there.setblocking(False)
        await asyncio.get_running_loop().sock_connect(there, ("127.0.0.1", self.target))
        return await asyncio.open_connection(sock=there, limit=PIECE)


def reset(writer: asyncio.StreamWriter) -> None:
    """Break one connection (RST)."""
    end = writer.get_extra_info("socket")
    if end.fileno() == -1:
        return
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
