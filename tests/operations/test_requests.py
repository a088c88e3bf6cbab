"""Requests that are too large, too slow, or none: each is refused in a sentence, and no byte puts a deadline off."""

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from chatsite.limits import BODY, HEAD_SECONDS, IDLE_SECONDS
from chatsite.operations.requests import LINGER_SECONDS, Channel, Factory

HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
MB = 1024 * 1024


class Server:
    """Holds connections, and answers each request once it is whole."""

    root_path = server_name = ""
    proxy_forwarded_address_header = None
    request_buffer_size = 8192

    def __init__(self) -> None:
        self.has_room = True
        self.connections: list = []
        self.scopes: list[dict] = []

    def connected(self, transport) -> bool:
        self.connections.append(transport)
        return self.has_room

    def disconnected(self, transport) -> None:
        self.connections.remove(transport)

    def protocol_connected(self, request) -> None:
        pass

    def protocol_disconnected(self, request) -> None:
        pass

    def log_action(self, *args) -> None:
        pass

    def create_application(self, request, scope) -> None:
        self.scopes.append(scope)
        request.basic_error(200, b"OK", "Done.")


class Transport(StringTransport):
    half_closed = False
    lost = False

    def loseWriteConnection(self):
        self.half_closed = True

    def loseConnection(self):
        self.lost = True

    def abortConnection(self):
        self.lost = True


class Client:
    """One connection to a server, in a time of its own."""

    def __init__(self, server: Server) -> None:
        self.clock = Clock()
        factory = Factory(server)
        factory.reactor = self.clock
        self.channel: Channel = factory.buildProtocol(None)
        self.transport = Transport()
        self.channel.makeConnection(self.transport)

    def send(self, data: bytes) -> None:
        self.channel.dataReceived(data)

    @property
    def answers(self) -> str:
        return self.transport.value().decode()

    @property
    def is_closed(self) -> bool:
        return self.transport.lost

    def trickle(self, data: bytes, seconds: float) -> None:
        """Send a byte of this each second, for a time, or until the connection is closed."""
        for second in range(int(seconds)):
            self.clock.advance(1)
            if self.is_closed:
                return
            self.send(data[second % len(data) :][:1])


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def client(server) -> Client:
    return Client(server)


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(client, server):
    client.send(HEAD + b"Content-Length: 209715200\r\n\r\n")
    assert client.answers.startswith("HTTP/1.1 413 ")
    assert "at most 4 MB" in client.answers and client.transport.half_closed
    client.send(b"x" * MB)
    assert server.scopes == [] and not client.is_closed
    client.clock.advance(LINGER_SECONDS)
    assert client.is_closed


def test_a_client_that_asks_before_it_sends_too_much_is_not_told_to_go_on(client):
    client.send(HEAD + b"Content-Length: 209715200\r\nExpect: 100-continue\r\n\r\n")
    assert client.answers.startswith("HTTP/1.1 413 ")


def test_a_body_in_chunks_is_refused_once_it_is_too_large(client, server):
    client.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(4):
        client.send(b"100000\r\n" + b"x" * MB + b"\r\n")
    assert client.answers == ""
    client.send(b"1\r\nx\r\n0\r\n\r\n")
    assert client.answers.startswith("HTTP/1.1 413 ") and client.answers.count("HTTP/1.1") == 1
    assert server.scopes == []


@pytest.mark.parametrize("length", [b"Content-Length: %d", b"Transfer-Encoding: chunked"])
def test_a_body_of_4_mb_is_taken(client, server, length):
    body = b"x" * BODY.size
    is_chunked = b"chunked" in length
    client.send(HEAD + (length if is_chunked else length % len(body)) + b"\r\n\r\n")
    client.send(b"400000\r\n" + body + b"\r\n0\r\n\r\n" if is_chunked else body)
    assert len(server.scopes) == 1 and client.answers.startswith("HTTP/1.1 200 ")


def test_a_head_that_trickles_in_is_given_up(client):
    client.trickle(b"GET / HTTP/1.1\r\nX: " + b"y" * 100, HEAD_SECONDS - 1)
    assert not client.is_closed
    client.trickle(b"y", 2)
    assert client.is_closed


def test_a_connection_that_says_nothing_is_given_up(client):
    client.clock.advance(HEAD_SECONDS)
    assert client.is_closed


def test_a_body_that_trickles_in_is_given_up_with_a_sentence(client):
    client.send(HEAD + b"Content-Length: 1000\r\n\r\n")
    client.trickle(b"x", BODY.seconds - 1)
    assert client.answers == ""
    client.trickle(b"x", 2)
    assert client.answers.startswith("HTTP/1.1 408 ") and "within 20 seconds" in client.answers
    client.clock.advance(LINGER_SECONDS)
    assert client.is_closed


def test_a_connection_is_kept_for_the_next_request_and_that_has_a_deadline_too(client, server):
    for _ in range(2):
        client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.clock.advance(IDLE_SECONDS - 2)
    assert len(server.scopes) == 2 and not client.is_closed
    client.trickle(b"GET / HTTP/1.1\r\nX: " + b"y" * 100, HEAD_SECONDS + 1)
    assert client.is_closed


def test_an_answer_that_takes_long_is_waited_for(client, server):
    server.create_application = lambda request, scope: server.scopes.append(scope)
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /next HTTP/1.1\r\n")
    client.clock.advance(3600)
    assert len(server.scopes) == 1 and not client.is_closed


def test_beyond_what_the_site_can_hold_a_connection_is_refused_in_a_sentence(server):
    server.has_room = False
    client = Client(server)
    assert client.answers.startswith("HTTP/1.1 503 ") and "too many connections" in client.answers
    client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert server.scopes == []


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"y" * 8000 + b"\r\nY: " + b"y" * 9000 + b"\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Protocol: caf\xc3\xa9\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_once_with_the_sites_own_headers(client, server, request_):
    client.send(request_ + b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3)
    first = client.answers.split("HTTP/1.1")[1]
    assert first.startswith(" 400 ")
    for header in ("Content-Security-Policy", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY"):
        assert header.lower() in first.lower()
    assert "server:" not in first.lower() and "daphne" not in first.lower()


def test_a_client_cannot_say_which_path_the_site_is_served_under(client, server):
    client.send(b"GET /x/admin/ HTTP/1.1\r\nHost: localhost\r\nDaphne-Root-Path: /x\r\n\r\n")
    assert server.scopes[0]["root_path"] == ""


def test_a_connection_that_ends_is_no_longer_counted(client, server):
    assert len(server.connections) == 1
    client.channel.connectionLost(None)
    assert server.connections == []


@pytest.mark.parametrize("head", [b"GET /" + b"a" * 40_000, b"GET / HTTP/1.1\r\nCookie: " + b"a" * 40_000])
def test_a_line_that_is_too_long_is_refused_in_a_sentence(server, head):
    client = Client(server)
    client.send(head + b"\r\n\r\n")
    assert client.answers.startswith("HTTP/1.1 431 ") and "too long" in client.answers
