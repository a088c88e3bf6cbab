"""aiohttp sessions under httpx, one for each event loop, that need no closing by hand."""

import asyncio
import functools
import ssl
from collections.abc import AsyncGenerator
from pathlib import Path
from weakref import WeakKeyDictionary, finalize

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from chatsite.completions.aiohttp_responses import HeldResponse

MAX_CONNECTIONS = 1000
KEEP_ALIVE_SECONDS = 30.0
_LONGEST_HEADER = 256 * 1024

# The extension of a response that returns what of its body has arrived, without waiting.
ARRIVED = "arrived"

Keeper = AsyncGenerator[None, None]
_kept: set[Keeper] = set()
_closing: set[asyncio.Task[None]] = set()
_read_last: dict[str, ssl.SSLContext] = {}


class SessionTransport(httpx.AsyncBaseTransport):
    """One session for each event loop; it is closed with its loop at the latest.

    What closes it is an asynchronous generator that waits at its yield: an event loop ends those before it is
    closed (`loop.shutdown_asyncgens`, which asyncio.run calls).
    """

    def __init__(
        self,
        max_connections: int = MAX_CONNECTIONS,
        *,
        secure: bool = True,
        ca_file: str = "",
        proxy: str = "",
    ) -> None:
        """secure: to be asked for https; without it the certificates are not read, which takes tens of ms.

        ca_file: certificate authorities in PEM form, trusted beside the usual ones. proxy: the address of an
        HTTP proxy that all requests go through. Raises ValueError for one that cannot be used.
        """
        self._limit = max_connections
        self._proxy = _checked_proxy(proxy) if proxy else None
        secure = secure or proxy.startswith("https:")
        self._ssl = ssl_context(ca_file) if secure else _no_certificates()
        self._open: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[AiohttpTransport, Keeper]]
        self._open = WeakKeyDictionary()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        loop = asyncio.get_running_loop()
        if loop not in self._open:
            inner = AiohttpTransport(
                verify=self._ssl, trust_env=False, client=self._session(), proxy=self._proxy
            )
            keeper = _keep(inner)
            self._open[loop] = inner, keeper
            _kept.add(keeper)
            finalize(self, _dropped, loop, inner, keeper).atexit = False
            await anext(keeper)
        response = await self._open[loop][0].handle_async_request(request)
        # httpx-aiohttp has no public name for the response behind its stream; without it, each read waits in turn.
        held = getattr(response.stream, "_aiohttp_response", None)
        if isinstance(held, HeldResponse):
            response.extensions[ARRIVED] = held.arrived
        return response

    async def aclose(self) -> None:
        held = self._open.pop(asyncio.get_running_loop(), None)
        if held is not None:
            _kept.discard(held[1])
            await held[1].aclose()

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._limit, ssl=self._ssl, keepalive_timeout=KEEP_ALIVE_SECONDS
        )
        return aiohttp.ClientSession(
            connector=connector,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=HeldResponse,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )


async def _keep(transport: AiohttpTransport) -> Keeper:
    try:
        yield
    finally:
        await transport.aclose()


def _dropped(loop: asyncio.AbstractEventLoop, inner: AiohttpTransport, keeper: Keeper) -> None:
    """Close the session of a client that was never closed: now if its loop still runs, else with the loop."""
    if keeper in _kept and loop.is_running():
        loop.call_soon_threadsafe(_start_closing, inner, keeper)


def _start_closing(inner: AiohttpTransport, keeper: Keeper) -> None:
    task = asyncio.create_task(_close(inner, keeper))
    _closing.add(task)
    task.add_done_callback(_closing.discard)


async def _close(inner: AiohttpTransport, keeper: Keeper) -> None:
    await inner.aclose()
    _kept.discard(keeper)


def _checked_proxy(proxy: str) -> httpx.Proxy:
    try:
        made = httpx.Proxy(proxy)
        usable = made.url.scheme in ("http", "https") and bool(made.url.host)
    except (httpx.InvalidURL, ValueError):
        usable = False
    if not usable:
        raise ValueError("The proxy must be an address such as http://proxy.example:3128.")
    return made


def ssl_context(ca_file: str) -> ssl.SSLContext:
    """Return what verifies certificates. ca_file: authorities to trust beside the usual ones. While a changed file
    cannot be read, as in the middle of a renewal, what was read before counts. Raises ValueError."""
    if not ca_file:
        return _ssl_context()
    try:
        _read_last[ca_file] = _context_at(ca_file, changed(ca_file))
    except ValueError:
        if ca_file not in _read_last:
            raise
    return _read_last[ca_file]


def changed(file: str) -> int:
    """Return when a file was changed; 0 where it is not there."""
    try:
        return Path(file).stat().st_mtime_ns
    except OSError:
        return 0


def read_authorities(ca_file: str) -> ssl.SSLContext:
    """Return what trusts the authorities that a file holds now. Raises ValueError."""
    context = httpx.create_ssl_context(trust_env=False)
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ValueError) as error:
        reason = "holds no certificates" if isinstance(error, ssl.SSLError) else "cannot be read"
        raise ValueError(
            f"The file of certificate authorities that CHATSITE_CA_FILE names {reason}."
        ) from error
    return context


@functools.lru_cache(maxsize=4)
def _context_at(ca_file: str, _: int) -> ssl.SSLContext:
    return read_authorities(ca_file)


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """One for all: making one reads all the certificate authorities."""
    return httpx.create_ssl_context(trust_env=False)


@functools.cache
def _no_certificates() -> ssl.SSLContext:
    """Trusts no certificate, so https without `secure` fails."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
