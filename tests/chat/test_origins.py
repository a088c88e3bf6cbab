"""Which pages may open a socket: this site's own, by scheme, host and port."""

import pytest
from channels.testing import WebsocketCommunicator

from chatsite.chat.origins import SameOrigin


async def accepts(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})


async def opens(origin: str | None, host: str) -> bool:
    headers = [(b"host", host.encode())]
    headers += [(b"origin", origin.encode("latin1"))] if origin is not None else []
    communicator = WebsocketCommunicator(SameOrigin(accepts), "/ws/", headers)
    opened, _ = await communicator.connect()
    return opened


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
async def test_a_page_of_this_site_opens_a_socket(host):
    assert await opens(f"http://{host}", host)


async def test_a_program_that_is_no_browser_opens_a_socket():
    assert await opens(None, "localhost")


@pytest.mark.parametrize(
    "origin",
    [
        "https://localhost:8000",
        "http://localhost",
        "http://localhost:8001",
        "http://127.0.0.1:8000",
        "http://evil.example",
        "http://localhost:8000/path",
        "http://localhost:8000#@evil.example",
        "http://localhost:8000.evil.example",
        "http://user@localhost:8000",
        "http://[",
        "ftp://localhost:8000",
        "null",
        "",
        "\xe9",
    ],
)
async def test_a_page_from_elsewhere_opens_none(origin):
    assert not await opens(origin, "localhost:8000")


@pytest.mark.parametrize("host", ["evil.example", "", "localhost:x", "[", "\xe9"])
async def test_under_a_host_that_is_none_of_ours_there_is_none(host):
    assert not await opens(f"http://{host}", host)


@pytest.fixture
def behind_tls(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example"]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost", "chat.example"]


async def test_behind_tls_only_the_secure_page_opens_one(behind_tls):
    assert await opens("https://chat.example", "chat.example")
    assert not await opens("http://chat.example", "chat.example")


async def test_behind_tls_the_machines_own_address_keeps_working(behind_tls):
    assert await opens("http://localhost:8000", "localhost:8000")
    assert not await opens("https://localhost:8000", "localhost:8000")
