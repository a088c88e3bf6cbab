"""Several requests on one connection, as browsers and proxies send them."""

import socket
from contextlib import closing
from urllib.parse import urlsplit
from uuid import uuid4

from tests.harness.people import sign_in

PAGE = "GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
EVENTS = "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nAccept: text/event-stream\r\n\r\n"


def read_until(connection: socket.socket, end: bytes) -> bytes:
    seen = b""
    while end not in seen:
        more = connection.recv(65536)
        assert more, seen[-2000:]
        seen += more
    return seen


def test_a_stream_of_events_follows_a_page_on_its_connection(new_site):
    site = new_site().start()
    cookie = sign_in(site)
    parts = urlsplit(site.url)
    names = {"host": parts.netloc, "cookie": cookie, "path": f"/conversations/{uuid4()}/events/"}
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=20)) as connection:
        # Sent together: the second is begun while the first one ends.
        connection.sendall((PAGE.format(**names) + EVENTS.format(**names)).encode())
        assert b"conversation.opened" in read_until(connection, b"conversation.opened")
    assert not site.said("Traceback")
