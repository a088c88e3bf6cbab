"""aiohttp's responses, read on demand."""

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator
from typing import Any, Self

import aiohttp
from aiohttp.connector import Connection

_MOST_AT_ONCE = 64 * 1024


class HeldResponse(aiohttp.ClientResponse):
    """A response that reads its connection only when its body is asked for more.

    Bytes that arrive in between wait in the socket buffer and are read in one call, so polling now and then costs less.
    aiohttp drops bytes that it has read and its caller has not when a connection breaks; here they are not lost.
    """

    async def start(self, connection: Connection) -> Self:
        await super().start(connection)
        if self.method == "CONNECT":
            return self  # the following bytes belong to the proxy's tunnel
        # The connection is released already when the whole body came with the headers.
        if self.connection is None or connection.transport is None or missing_parts(connection, self.content):
            return self
        with contextlib.suppress(AttributeError):  # the protocol's transport cannot be replaced
            transport = _HeldTransport(connection, connection.transport, self.content)
            self.content: Any = _Body(self.content, transport)
        return self

    def arrived(self) -> bytes:
        """What has arrived of the body, without waiting; b"" where that is nothing or not known. It raises what reading
        the body raises."""
        return self.content.arrived() if isinstance(self.content, _Body) else b""


def missing_parts(connection: Any, reader: Any) -> list[str]:
    """Return the attributes that HeldResponse needs and this version of aiohttp lacks.

    Such responses are read as usual. That costs more, and bytes that came just before a connection broke may be lost.
    """
    parts = {
        connection: ["add_callback"],
        connection.protocol: ["data_received", "connection_lost"],
        connection.transport: ["pause_reading", "resume_reading", "get_extra_info", "is_closing", "close"],
        reader: ["read_nowait", "readany", "set_exception"],
    }
    missing = [name for part, names in parts.items() for name in names if not hasattr(part, name)]
    return missing if hasattr(connection.protocol, "transport") else [*missing, "transport"]


class _HeldTransport:
    """Wraps a connection's transport so that aiohttp does not resume reading by itself.

    rest: what had arrived of the body, and was not read, when the connection broke.
    """

    def __init__(
        self, connection: Connection, transport: asyncio.Transport, reader: aiohttp.StreamReader
    ) -> None:
        protocol: Any = connection.protocol
        protocol.transport = self
        protocol.connection_lost = self._lost
        transport.pause_reading()
        connection.add_callback(self._give_back)
        self.rest = b""
        self._protocol = protocol
        self._transport = transport
        self._reader = reader
        self._loop = asyncio.get_running_loop()
        self._is_open = False
        self._has_turned = True  # whether the event loop has turned since the last `take`
        # While reading is paused, the event loop still fills the buffer that TLS is decrypted from, up to its limit.
        self._tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        is_plain = os.name == "posix" and transport.get_extra_info("sslcontext") is None
        self._socket = transport.get_extra_info("socket") if is_plain else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def pause_reading(self) -> None:
        """Ignored: `open` and `hold` start and stop reading."""

    def resume_reading(self) -> None:
        """Ignored, as `pause_reading`."""

    def close(self) -> None:
        """aiohttp calls it when the body cannot be parsed, and does not wake the reader that waits for more of it."""
        self._transport.close()
        error = aiohttp.ClientPayloadError("The body cannot be parsed.")
        # Not now: what was parsed before is read first.
        self._loop.call_soon(self._reader.set_exception, error)

    def take(self) -> None:
        """Read the connection and pass the bytes to aiohttp: a turn of the event loop costs several times more.

        It reads at most once a turn, so that a fast sender cannot starve the loop. Raises ConnectionResetError when the
        connection broke.
        """
        if not self._has_turned or not self._is_held:
            return
        self._has_turned = False
        self._loop.call_soon(self._turned)
        # The event loop handles the end: a connection reports it again.
        if data := self._decrypted() if self._tls else self._received():
            self._protocol.data_received(data)

    def _received(self) -> bytes:
        if self._socket is None:
            return b""
        try:
            return os.read(self._socket.fileno(), _MOST_AT_ONCE)
        except BlockingIOError:
            return b""
        except OSError as error:
            # The socket reports its error once. The event loop would see a clean end after it.
            raise ConnectionResetError(*error.args) from None

    def _decrypted(self) -> bytes:
        assert self._tls
        records: list[bytes] = []
        # SSLError where the next record is not whole. Any other one is raised again when the event loop reads.
        with contextlib.suppress(ssl.SSLError):
            while record := self._tls.read(_MOST_AT_ONCE):
                records.append(record)
        return b"".join(records)

    def _lost(self, error: Exception | None) -> None:
        """The connection broke: keep what arrived before, which aiohttp drops, and pass the error on."""
        if self._tls and not self._is_open and (data := self._decrypted()):
            self._protocol.data_received(data)
            with contextlib.suppress(aiohttp.ClientError):
                while data := self._reader.read_nowait():
                    self.rest += data
        self._unwrap()
        self._protocol.connection_lost(error)

    def _turned(self) -> None:
        self._has_turned = True

    def open(self) -> None:
        """Let the event loop read, until `hold`."""
        self._is_open = True
        if self._is_held:
            self._transport.resume_reading()

    def hold(self) -> None:
        self._is_open = False
        if self._is_held:
            self._transport.pause_reading()

    @property
    def _is_held(self) -> bool:
        return self._protocol.transport is self and not self._transport.is_closing()

    def _give_back(self) -> None:
        """Undo the wrapping when the response ends: the connection may be reused."""
        if self._protocol.transport is self:
            self._unwrap()
            self._transport.resume_reading()

    def _unwrap(self) -> None:
        self._protocol.transport = self._transport
        vars(self._protocol).pop("connection_lost", None)


class _Body:
    """Wraps the body's reader. Only `iter_chunked` and `arrived` may be used: other methods would wait for ever."""

    def __init__(self, reader: aiohttp.StreamReader, transport: _HeldTransport) -> None:
        self._reader = reader
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """Yield all bytes that have arrived; wait only when there are none. `size` is ignored."""
        data = b"more"
        while data:
            data = self.arrived() or await self._next()
            yield data

    def arrived(self) -> bytes:
        """Return all bytes that have arrived."""
        if rest := self._transport.rest:
            self._transport.rest = b""
            return rest
        data = self._reader.read_nowait()
        if not data:
            self._transport.take()
            data = self._reader.read_nowait()
        return data

    async def _next(self) -> bytes:
        self._transport.open()
        try:
            return await self._reader.readany()
        except RuntimeError as error:
            # aiohttp raises it when a body that cannot be parsed closed the connection.
            raise aiohttp.ClientPayloadError("The body was cut off.") from error
        finally:
            self._transport.hold()
