"""Handshakes that no page makes: each is refused, without a word in the log."""

import asyncio

import pytest

KEY = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
SOCKET = b"/ws/conversations/00000000-0000-0000-0000-000000000000/"


def handshake(path: bytes = SOCKET, *lines: bytes, version: bytes = b"13") -> bytes:
    head = [b"GET " + path + b" HTTP/1.1", b"Host: localhost", b"Sec-WebSocket-Version: " + version, *lines]
    return b"\r\n".join(head) + b"\r\n" + KEY + b"\r\n"


ODD = {
    "unknown path": handshake(b"/ws/none/"),
    "no path": handshake(b"/"),
    "path of a page": handshake(b"/accounts/login/"),
    "path that is not text": handshake(b"/ws/%ff%00/"),
    "path with a query": handshake(b"/ws/none/?%ff=%00&=%"),
    "address with a broken host": handshake(b"http://[::1/ws/none/"),
    "protocol beyond ASCII": handshake(SOCKET, b"Sec-WebSocket-Protocol: caf\xc3\xa9"),
    "protocol with escapes": handshake(b"/ws/none/", b"Sec-WebSocket-Protocol: %ff%00, b"),
    "header beyond ASCII": handshake(b"/ws/none/", b"X-Name: \xff\xfe"),
    "broken origin": handshake(SOCKET, b"Origin: http://["),
    "origin beyond ASCII": handshake(SOCKET, b"Origin: \xff"),
    "broken cookie": handshake(b"/ws/none/", b"Cookie: sessionid=\xff\xfe; =;;"),
    "old version": handshake(SOCKET, version=b"1"),
    "version that is none": handshake(SOCKET, version=b"x"),
}


async def answer(site, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
    finally:
        writer.close()


@pytest.mark.parametrize("request_", ODD.values(), ids=ODD)
async def test_an_odd_handshake_is_refused_and_logs_nothing(site, request_):
    said = len(site.lines)
    assert (await answer(site, request_)).split()[1] in {b"400", b"403", b"426"}
    # What the application raised is logged within a second of its end.
    await asyncio.sleep(1.2)
    assert site.lines[said:] == []
