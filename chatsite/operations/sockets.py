"""WebSockets as the server holds them: what a client does not take is bounded, and whether it is there is asked."""

import asyncio
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor

from chatsite.limits import MAX_UNSENT_BYTES, UNSENT_SECONDS


class Socket(WebSocketProtocol):
    """One WebSocket. Who sends to it waits while too much is not taken; it is closed when that lasts too long."""

    def connectionMade(self) -> None:
        super().connectionMade()
        self._taken = asyncio.Event()
        self._taken.set()
        self._deadline: Any = None
        self.transport.bufferSize = MAX_UNSENT_BYTES
        # The HTTP channel's, which this was before.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)

    def connectionLost(self, *args: Any) -> None:
        self.factory.server_class.disconnected(self.transport)
        super().connectionLost(*args)

    async def taken(self) -> None:
        """Wait until not too much is waiting to be taken."""
        await self._taken.wait()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        # One that sends is asked whether it reads, too.
        asked = self.last_ping
        super().onMessage(payload, isBinary)
        self.last_ping = asked

    def _sendAutoPing(self) -> None:
        # Daphne asks again before the last answer is due, and only the newest answer would count.
        if self.autoPingTimeoutCall is None:
            super()._sendAutoPing()

    # What the transport says of its buffer.

    def pauseProducing(self) -> None:
        self._taken.clear()
        self._deadline = self._deadline or reactor.callLater(UNSENT_SECONDS, self.transport.abortConnection)

    def resumeProducing(self) -> None:
        self._all_taken()
        # It may have been closed meanwhile, which waits for its producer.
        if self.transport.disconnecting:
            self.transport.unregisterProducer()

    def stopProducing(self) -> None:
        self._all_taken()

    def _all_taken(self) -> None:
        self._taken.set()
        if self._deadline and self._deadline.active():
            self._deadline.cancel()
        self._deadline = None
