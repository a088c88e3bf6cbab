"""The one door to the network: httpx over aiohttp, its errors translated into our own."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import httpx

from chatsite.completions.addresses import parsed, port_of
from chatsite.completions.aiohttp_sessions import ARRIVED, SessionTransport
from chatsite.completions.connection_errors import BROKEN, translated
from chatsite.completions.errors import APIConnectionError
from chatsite.completions.networks import is_local, is_loopback

log = logging.getLogger("chatsite.completions")


class Response:
    """A response that has begun: its status and headers, and its body as it comes."""

    __slots__ = ("_arrived", "_body", "_response", "_source", "headers", "status")

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        coded = response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")
        source = response.aiter_bytes() if coded or response.is_closed else response.stream
        assert not isinstance(source, httpx.SyncByteStream) or isinstance(source, httpx.AsyncByteStream)
        self._source = source
        self._body: AsyncIterator[bytes] = aiter(source)
        # `bytes` returns none.
        self._arrived: Callable[[], bytes] = bytes if coded else response.extensions.get(ARRIVED, bytes)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()[:100]

    def arrived(self) -> bytes:
        """What has come of the body, without waiting; b"" where that is nothing or not known. Raises APIConnectionError
        when it breaks."""
        try:
            return self._arrived()
        except BROKEN as error:
            raise translated(error) from error

    async def read(self) -> bytes:
        """The next bytes of the body; b"" at its end. Raises APIConnectionError when it breaks."""
        try:
            async for data in self._body:
                if data:
                    return data
        except BROKEN as error:
            raise translated(error) from error
        return b""

    async def read_now(self) -> bytes:
        """What has come by now, without waiting; for after a `read` that was cancelled, which has ended its
        iterator."""
        self._body = aiter(self._source)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0):
                return await self.read()
        return b""

    async def aclose(self) -> None:
        """Release the connection: reused if the body was read to its end, else closed."""
        with contextlib.suppress(*BROKEN):
            await self._response.aclose()


class Wire:
    """Sends requests to one base URL.

    base: where the paths are appended; its own query is kept. Owns its transport unless http_client is given.
    """

    def __init__(
        self,
        base_url: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        http_client: httpx.AsyncClient | None = None,
        ca_file: str = "",
        proxy: str = "",
    ) -> None:
        self._base, self.userinfo = parsed(base_url)
        self._borrowed = http_client
        self._transport = transport
        if not transport and not http_client:
            # What is on this machine is not for a proxy elsewhere to reach.
            proxy = "" if is_loopback(self._base.host) else proxy
            secure = self._base.scheme == "https"
            self._transport = SessionTransport(secure=secure, ca_file=ca_file, proxy=proxy)
        self.closed = False

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes | None,
        connect_timeout: float,
    ) -> Response:
        """The response as soon as its headers are there. Raises APIConnectionError and APITimeoutError."""
        if self.closed:
            raise APIConnectionError("This client is closed.", retryable=False)
        timeout = {"connect": connect_timeout, "pool": connect_timeout * 2, "read": None, "write": None}
        request = httpx.Request(
            method, self.url(path), headers=dict(headers), content=content, extensions={"timeout": timeout}
        )
        try:
            response = Response(await self._handle(request))
        except BROKEN as error:
            raise translated(error) from error
        # Only this: an address may hold a key, a body is private.
        log.debug("%s %s", method, response.status)
        return response

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine or its network."""
        return is_local(self._base.host)

    def url(self, path: str) -> httpx.URL:
        """The address of a path below the base; a path that is a whole URL stands for itself."""
        if "://" in path:
            return httpx.URL(path)
        return self._base.copy_with(path=self._base.path.rstrip("/") + "/" + path)

    def redirected(self, path: str, location: str) -> str | None:
        """Where a redirect leads, when that is the same origin; else None."""
        here = self.url(path)
        try:
            there = here.join(location)
        except (httpx.InvalidURL, ValueError):
            return None
        same = (there.scheme, there.host, port_of(there)) == (here.scheme, here.host, port_of(here))
        return str(there) if same and not there.userinfo else None

    async def aclose(self) -> None:
        self.closed = True
        if self._transport is not None:
            await self._transport.aclose()

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if self._transport is not None:
            return await self._transport.handle_async_request(request)
        assert self._borrowed is not None
        client = self._borrowed
        merged = client.build_request(
            request.method, request.url, headers=request.headers, content=request.content or None,
            extensions=request.extensions,
        )  # fmt: skip
        return await client.send(merged, stream=True, follow_redirects=False)


def borrowed(http_client: Any) -> httpx.AsyncClient:
    """The given client, checked early. Raises TypeError when it is no httpx.AsyncClient."""
    if not isinstance(http_client, httpx.AsyncClient):
        raise TypeError("http_client must be an httpx.AsyncClient.")
    return http_client
