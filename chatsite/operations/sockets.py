"""WebSockets: what a client does not read is bounded, and clients that do not answer are disconnected."""

import asyncio
from typing import Any, ClassVar

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor

from chatsite.limits import MAX_UNSENT_BYTES, UNSENT_SECONDS

# Of a frame's first byte: it is a control frame (RFC 6455, 5.2).
CONTROL_BIT = 0x8
# Bytes of frames that wait for others of the same turn of the event loop.
MAX_HELD_BYTES = 16 * 1024


class Socket(WebSocketProtocol):
    """One WebSocket. Sending waits while the client has too much unread; when that lasts too long, it is closed."""

    # Autobahn would copy them for each socket, and describe them in a log entry that nobody reads.
    CONFIG_ATTRS: ClassVar[list[str]] = []

    def connectionMade(self) -> None:
        for name in WebSocketProtocol.CONFIG_ATTRS:
            setattr(self, name, getattr(self.factory, name))
        # Frames of this turn of the event loop.
        self._frames = bytearray()
        super().connectionMade()
        self._taken = asyncio.Event()
        self._taken.set()
        self._deadline: Any = None
        self.transport.bufferSize = MAX_UNSENT_BYTES
        # Replace the HTTP channel, which was the producer before.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)

    def connectionLost(self, *args: Any) -> None:
        self.factory.server_class.disconnected(self.transport)
        super().connectionLost(*args)

    async def taken(self) -> None:
        """Wait until the client has read enough."""
        await self._taken.wait()

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        is_message = self.state == self.STATE_OPEN and not data[0] & CONTROL_BIT
        if not is_message or self.send_queue:
            self._write_frames()
            super().sendData(data, sync, chopsize)
            return
        if not self._frames:
            asyncio.get_running_loop().call_soon(self._write_frames)
        self._frames += data
        if len(self._frames) >= MAX_HELD_BYTES:
            self._write_frames()

    def _write_frames(self) -> None:
        """Write the frames of this turn of the event loop, without Twisted as far as the system takes them: to wait
        until it can be written to costs as much again as writing."""
        data = bytes(self._frames)
        self._frames.clear()
        if data and self.transport.connected and not self._is_unsent:
            sent = self.transport.writeSomeData(data)
            data = data[sent:] if isinstance(sent, int) else data
        if data:
            self.transport.write(data)

    @property
    def _is_unsent(self) -> bool:
        """Whether the transport still holds what was written before."""
        return bool(self.transport.dataBuffer or getattr(self.transport, "_tempDataBuffer", True))

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        # Daphne skips the ping of a client that sends. Whether it reads is checked, too.
        last_ping = self.last_ping
        super().onMessage(payload, isBinary)
        self.last_ping = last_ping

    def _sendAutoPing(self) -> None:
        # Daphne pings again before the last answer is due, and only the answer to the newest ping would count.
        if self.autoPingTimeoutCall is None:
            super()._sendAutoPing()

    # The transport calls these as its buffer fills and empties.

    def pauseProducing(self) -> None:
        self._taken.clear()
        self._deadline = self._deadline or reactor.callLater(UNSENT_SECONDS, self.transport.abortConnection)

    def resumeProducing(self) -> None:
        self._all_taken()
        # A transport that was closed meanwhile waits for its producer.
        if self.transport.disconnecting:
            self.transport.unregisterProducer()

    def stopProducing(self) -> None:
        self._all_taken()

    def _all_taken(self) -> None:
        self._taken.set()
        if self._deadline and self._deadline.active():
            self._deadline.cancel()
        self._deadline = None
