"""HTTP requests: each head and body has a limit and a deadline, and each refusal is a sentence."""

import asyncio
import logging
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any

from daphne.http_protocol import WebRequest
from twisted.internet import reactor
from twisted.web.http import HTTPChannel, HTTPFactory

from chatsite.history.exchange.upload_paths import is_upload
from chatsite.limits import BODY, HEAD_SECONDS, IDLE_SECONDS, UPLOAD, BodyLimit, body_limit

logger = logging.getLogger(__name__)

# Seconds for a client to read a refusal, while what it still sends is dropped. A connection that is closed earlier is
# reset, and the refusal is lost.
LINGER_SECONDS = 5

HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

TOO_LARGE = "This request is too large: its body may have at most {size:g} MB."
TOO_SLOW = "This request came too slowly: its body must arrive within {seconds:g} seconds."
TOO_LONG = "The address or a header of this request is too long."
TOO_MANY = "This site has too many connections. Try again in a moment."
BAD = "This request is malformed."
NO_ROOM = "There is not enough room on this site’s disk for this request."


class Channel(HTTPChannel):
    """One connection. Single bytes do not extend its deadlines."""

    factory: "Factory"
    is_refused = False
    _waits_for_head = True
    _limit: BodyLimit | None = None

    def connectionMade(self) -> None:
        super().connectionMade()
        self.setTimeout(HEAD_SECONDS)
        if not self.factory.server.connected(self.transport):
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY)

    def connectionLost(self, reason: Any) -> None:
        self.factory.server.disconnected(self.transport)
        super().connectionLost(reason)

    def dataReceived(self, data: bytes) -> None:
        if self.is_refused:
            return
        if self._waits_for_head:
            self._waits_for_head = False
            self.setTimeout(HEAD_SECONDS)
        super().dataReceived(data)

    def resetTimeout(self) -> None:
        """Called at each byte. The deadline stays."""

    def lineLengthExceeded(self, line: bytes) -> None:
        self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, TOO_LONG)

    def allHeadersReceived(self) -> None:
        limit = self._limit = UPLOAD if is_upload(self._path) else body_limit(self._path)
        if self.length is not None and self.length > limit.size:
            self.refuse_body()
            return
        self.setTimeout(limit.seconds)
        super().allHeadersReceived()

    def lineReceived(self, line: bytes) -> None:
        if not self.is_refused:
            super().lineReceived(line)

    def rawDataReceived(self, data: bytes) -> None:
        if not self.is_refused:
            super().rawDataReceived(data)

    def allContentReceived(self) -> None:
        if self.is_refused:
            return
        self._limit = None
        # It applies after the response; until then there is no deadline.
        self.setTimeout(IDLE_SECONDS)
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        self._waits_for_head = True
        super().requestDone(request)

    def accepts(self, size: int) -> bool:
        """Return whether a body may have `size` bytes. If not, the request is refused."""
        if self._limit and size > self._limit.size:
            self.refuse_body()
        return not self.is_refused

    def refuse_body(self) -> None:
        assert self._limit
        self.refuse(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE.format(size=self._limit.size / 1024 / 1024)
        )

    def refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Answer a request that is not read any further, and close the connection soon."""
        if self.is_refused:
            return
        self.is_refused = True
        self.transport.write(response(status, sentence))
        self.transport.loseWriteConnection()
        self.setTimeout(LINGER_SECONDS)

    def timeoutConnection(self) -> None:
        if self._limit and not self.is_refused:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW.format(seconds=self._limit.seconds))
        else:
            super().timeoutConnection()

    def _respondToBadRequestAndDisconnect(self) -> None:
        self.refuse(HTTPStatus.BAD_REQUEST, BAD)


class Request(WebRequest):
    """One request. Once complete, it is passed to the application or becomes a socket. `body`: the file that holds a
    large body, which is read as fast as the application takes it."""

    body: IO[bytes] | None = None
    _size = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Django parses forms. Twisted would do it in the event loop, with a dozen times their size in memory.
        super().__init__(*args, **kwargs, parsePOSTFormSubmission=False)
        self._taken = asyncio.Event()
        self._taken.set()

    def process(self) -> Any:
        if self._size > BODY.size and not self._keep_body():
            return self.basic_error(507, b"Insufficient Storage", NO_ROOM)
        # A proxy may set it to serve the site under a path. No proxy of this site does, and a client must not.
        self.requestHeaders.removeHeader(b"daphne-root-path")
        protocols = self.requestHeaders.getRawHeaders(b"sec-websocket-protocol", [])
        if not all(value.isascii() for value in protocols):
            return self.basic_error(400, b"Bad Request", BAD)
        return super().process()

    def _keep_body(self) -> bool:
        """Keep a large body in its file. Return False where the last part of it cannot be written."""
        self.body, self.content = self.content, BytesIO()
        try:
            self.body.seek(0)
        except OSError:
            logger.exception("The body of a request could not be kept.")
            return False
        return True

    async def taken(self) -> None:
        """Wait until not too much is waiting to be taken."""
        await self._taken.wait()

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and self.producer is None:
            self.registerProducer(self, True)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._release()
        super().handle_reply(message)

    def connectionLost(self, reason: Any) -> None:
        self._release()
        super().connectionLost(reason)

    def _release(self) -> None:
        """Nothing more is sent, and nothing of the body is read."""
        if self.producer is self:
            self.unregisterProducer()
        self._taken.set()
        if self.body:
            self.body.close()

    # What the transport says of its buffer.

    def pauseProducing(self) -> None:
        self._taken.clear()

    def resumeProducing(self) -> None:
        self._taken.set()

    def stopProducing(self) -> None:
        self._taken.set()

    def handleContentChunk(self, data: bytes) -> None:
        self._size += len(data)
        if not self.channel.accepts(self._size):
            return
        try:
            super().handleContentChunk(data)
        except OSError:
            logger.exception("The body of a request could not be kept.")
            self.channel.refuse(HTTPStatus.INSUFFICIENT_STORAGE, NO_ROOM)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Send an error of the server itself, with the headers that the site's pages have."""
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": f"{body}\n".encode()})


class Factory(HTTPFactory):
    """Makes a channel for each connection."""

    protocol = Channel

    def __init__(self, server: Any) -> None:
        super().__init__(reactor=reactor)
        self.server = server

    def buildProtocol(self, addr: Any) -> Any:
        channel = super().buildProtocol(addr)
        channel.requestFactory = Request
        return channel


def response(status: HTTPStatus, sentence: str) -> bytes:
    """Return a whole response that ends its connection."""
    body = f"{sentence}\n".encode()
    headers = {**HEADERS, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
