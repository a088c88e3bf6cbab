"""What deploy/nginx.conf does with workers that are silent, its minute for pages made a second."""

import asyncio
import contextlib
import time

import pytest

from tests.faults.topology import skip_where_missing
from tests.harness.engines import Nginx

QUIET = 2.5  # seconds: longer than a page is waited for
PAGE = "/accounts/login/"
STREAM = "/events/"
EVENTS = f"/conversations/3e1a8ab4-3c1f-4f0e-9d3f-2f7f0f1c9a11{STREAM}"
SOCKET = "/ws/conversations/3e1a8ab4-3c1f-4f0e-9d3f-2f7f0f1c9a11/"
UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
SWITCHES = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
STREAMS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
ANSWERS = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Worker:
    """Answers the sign-in page. A socket or a stream says something at once and again much later, all else nothing."""

    port = 0

    async def __aenter__(self) -> "Worker":
        self.heads: list[str] = []
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.close()

    async def _serve(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        with contextlib.closing(writer), contextlib.suppress(OSError):
            if "/accounts/login/" in head:
                writer.write(ANSWERS)
            elif STREAM in head or (SOCKET in head and "upgrade: websocket" in head.lower()):
                writer.write((STREAMS if STREAM in head else SWITCHES) + b"first")
                await asyncio.sleep(QUIET)
                writer.write(b"last")
            else:
                await reader.read()


class ImpatientNginx(Nginx):
    """Waits a second where the site's nginx waits a minute."""

    def configuration(self) -> str:
        assert " 1m;" in super().configuration()
        return super().configuration().replace(" 1m;", " 1s;")


@pytest.fixture
async def workers():
    async with Worker() as one, Worker() as other:
        yield one, other


@pytest.fixture
async def get(workers):
    """Asks nginx for a path; yields a reader of its answer."""
    skip_where_missing()
    one, other = workers
    async with contextlib.AsyncExitStack() as stack:
        nginx = ImpatientNginx(one.port, other.port)
        await asyncio.to_thread(nginx.__enter__)
        stack.callback(nginx.__exit__)

        async def get(path: str, headers: str = "") -> asyncio.StreamReader:
            reader, writer = await asyncio.open_connection("127.0.0.1", nginx.port)
            stack.callback(writer.close)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: chat.example\r\n{headers}\r\n".encode())
            return reader

        yield get


async def test_a_page_of_workers_that_hang_is_given_up(get):
    begin = time.monotonic()
    async with asyncio.timeout(10):
        head = await (await get("/conversations/")).readuntil(b"\r\n")
    assert b"504" in head and time.monotonic() - begin < 4


@pytest.mark.parametrize(
    ("path", "headers"),
    [(SOCKET, UPGRADE), (EVENTS, ""), (f"/me{STREAM}", "")],
    ids=["socket", "stream", "a person's stream"],
)
async def test_what_is_quiet_for_longer_goes_on_and_nothing_of_it_waits(get, path, headers):
    async with asyncio.timeout(10):
        reader = await get(path, headers)
        begin = time.monotonic()
        await reader.readuntil(b"first")
        assert time.monotonic() - begin < 1
        await reader.readuntil(b"last")
        assert time.monotonic() - begin > 1


async def test_workers_that_are_replaced_one_after_another_are_never_all_given_up(get, workers):
    async with asyncio.timeout(10):
        for worker in workers:
            worker.stop()
            for _ in range(4):
                assert b"200" in await (await get(PAGE)).readuntil(b"\r\n")
            await worker.start()


async def test_a_visitor_cannot_claim_another_address_or_path(get, workers):
    forged = "X-Forwarded-For: 198.51.100.1\r\nDaphne-Root-Path: /x\r\n"
    async with asyncio.timeout(10):
        await (await get(f"{PAGE}?forged", forged)).readuntil(b"ok")
    (head,) = [head for worker in workers for head in worker.heads if "?forged" in head]
    assert "X-Forwarded-For: 127.0.0.1\r\n" in head and "root-path" not in head.lower()
