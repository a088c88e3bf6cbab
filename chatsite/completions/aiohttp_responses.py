"""aiohttp's responses, read on demand."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any, Self

import aiohttp
from aiohttp.connector import Connection

_MOST_AT_ONCE = 64 * 1024


class HeldResponse(aiohttp.ClientResponse):
    """A response whose connection is read only when someone asks for more of its body.

    What comes meanwhile waits in the system and is then read at once, so looking now and then costs less; and nothing
    that came before a connection broke is lost, as what aiohttp has read and nobody took yet would be.
    """

    async def start(self, connection: Connection) -> Self:
        await super().start(connection)
        if self.method == "CONNECT":
            return self  # what follows is not of this response: a proxy's tunnel
        # A body that came with its headers has given the connection back.
        if self.connection is None or connection.transport is None or missing_parts(connection, self.content):
            return self
        with contextlib.suppress(AttributeError):  # a protocol whose transport cannot be replaced
            self.content: Any = _Body(self.content, _HeldTransport(connection, connection.transport))
        return self


def missing_parts(connection: Any, reader: Any) -> list[str]:
    """What holding needs of aiohttp and this version lacks. Its responses are then read as they come: that is
    right, too, but costs more, and what came just before a connection broke may be lost."""
    parts = {
        connection: ["add_callback"],
        connection.protocol: ["data_received"],
        connection.transport: ["pause_reading", "resume_reading", "get_extra_info", "is_closing"],
        reader: ["read_nowait", "readany"],
    }
    missing = [name for part, names in parts.items() for name in names if not hasattr(part, name)]
    return missing if hasattr(connection.protocol, "transport") else [*missing, "transport"]


class _HeldTransport:
    """Stands between aiohttp and a connection's transport, which aiohttp would read whenever it has room for more."""

    def __init__(self, connection: Connection, transport: asyncio.Transport) -> None:
        protocol: Any = connection.protocol
        protocol.transport = self
        transport.pause_reading()
        connection.add_callback(self._give_back)
        self._protocol = protocol
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._has_turned = True  # the event loop, since the last `take`
        # What comes over TLS only the transport can read.
        is_plain = os.name == "posix" and transport.get_extra_info("sslcontext") is None
        self._socket = transport.get_extra_info("socket") if is_plain else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def pause_reading(self) -> None:
        """Ignored: reading begins and ends with `open` and `hold`."""

    def resume_reading(self) -> None:
        """Ignored, too."""

    def take(self) -> None:
        """Give aiohttp what has come, without the event loop: its turn costs several times the reading.

        Once for each turn that it has anyway, so that nobody who is sent more and more holds it up. Raises
        ConnectionResetError where the connection broke.
        """
        if self._socket is None or not self._has_turned or not self._is_held:
            return
        self._has_turned = False
        self._loop.call_soon(self._turned)
        try:
            data = os.read(self._socket.fileno(), _MOST_AT_ONCE)
        except BlockingIOError:
            return
        except OSError as error:
            # Not left to the event loop: the socket has told it now, and would show a clean end after it.
            raise ConnectionResetError(*error.args) from None
        # The end is: it is found again.
        if data:
            self._protocol.data_received(data)

    def _turned(self) -> None:
        self._has_turned = True

    def open(self) -> None:
        """Have the event loop read it, until `hold`."""
        if self._is_held:
            self._transport.resume_reading()

    def hold(self) -> None:
        if self._is_held:
            self._transport.pause_reading()

    @property
    def _is_held(self) -> bool:
        return self._protocol.transport is self and not self._transport.is_closing()

    def _give_back(self) -> None:
        """The response is over, and the connection may be used for another."""
        if self._protocol.transport is self:
            self._protocol.transport = self._transport
            self._transport.resume_reading()


class _Body:
    """The body's reader, but for the one way in which it is read: any other would wait for ever."""

    def __init__(self, reader: aiohttp.StreamReader, transport: _HeldTransport) -> None:
        self._reader = reader
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """All that has come, each time; waits only when that is nothing. `size` is of no concern."""
        data = b"more"
        while data:
            data = self._reader.read_nowait() or self._taken() or await self._next()
            yield data

    def _taken(self) -> bytes:
        self._transport.take()
        return self._reader.read_nowait()

    async def _next(self) -> bytes:
        self._transport.open()
        try:
            return await self._reader.readany()
        except RuntimeError as error:
            # So aiohttp says that a body which it cannot read has closed the connection.
            raise aiohttp.ClientPayloadError("The body was cut off.") from error
        finally:
            self._transport.hold()
