"""How frames leave a socket: at once as far as the system takes them, and always in order."""

from collections import deque
from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import ITransport
from zope.interface import implementer

from chatsite.operations.sockets import Socket


@implementer(ITransport)
class Connection:
    """A transport whose system takes `room` bytes. sent: those. waiting: what it was told to write later."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.sent = self.dataBuffer = b""
        self._tempDataBuffer: list[bytes] = []

    @property
    def waiting(self) -> bytes:
        return b"".join(self._tempDataBuffer)

    def writeSomeData(self, data: bytes) -> int | ConnectionLost:
        if self.room < 0:
            return ConnectionLost()
        taken = min(len(data), self.room)
        self.sent, self.room = self.sent + data[:taken], self.room - taken
        return taken

    def write(self, data: bytes) -> None:
        self._tempDataBuffer.append(data)


def socket(room: int) -> tuple[Socket, Any]:
    made, connection = Socket(), Connection(room)
    made.transport, made.send_queue, made.peer = connection, deque(), "a page"
    made.state, made.logOctets = WebSocketProtocol.STATE_CLOSING, False
    return made, connection


def test_a_frame_is_written_at_once() -> None:
    page, connection = socket(room=100)
    page.sendData(b"a frame")
    assert (connection.sent, connection.waiting) == (b"a frame", b"")


def test_what_the_system_does_not_take_follows_in_order() -> None:
    page, connection = socket(room=10)
    page.sendData(b"the first, ")
    connection.room = 100
    page.sendData(b"the second")
    assert (connection.sent, connection.waiting) == (b"the first,", b" the second")


def test_a_part_that_twisted_still_holds_is_not_overtaken() -> None:
    page, connection = socket(room=100)
    connection.dataBuffer = b"earlier"
    page.sendData(b"later")
    assert (connection.sent, connection.waiting) == (b"", b"later")


def test_frames_that_autobahn_still_holds_are_not_overtaken() -> None:
    page, connection = socket(room=100)
    page.triggered = True
    page.send_queue.append((b"earlier", False))
    page.sendData(b"later")
    assert connection.sent == b""
    assert [data for data, _ in page.send_queue] == [b"earlier", b"later"]


def test_that_a_connection_is_lost_is_left_to_twisted() -> None:
    page, connection = socket(room=-1)
    page.sendData(b"a frame")
    assert connection.waiting == b"a frame"


def test_twisted_keeps_what_waits_where_it_is_looked_for() -> None:
    """Otherwise frames would go the usual way, which is slower."""
    descriptor = FileDescriptor(object())
    assert (descriptor.dataBuffer, descriptor._tempDataBuffer) == (b"", [])
