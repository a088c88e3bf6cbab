"""How frames leave a socket: at once as far as the system takes them, and always in order."""

import asyncio
from collections import deque
from typing import Any

from autobahn.websocket.protocol import TrafficStats
from twisted.internet.abstract import FileDescriptor
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import ITransport
from zope.interface import implementer

from chatsite.operations.sockets import MAX_HELD_BYTES, Socket

TEXT, CLOSE = 1, 8


@implementer(ITransport)
class Connection:
    """A transport whose system takes `room` bytes. sent: those. waiting: what it was told to write later."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.writes = 0
        self.connected = True
        self.sent = self.dataBuffer = b""
        self._tempDataBuffer: list[bytes] = []

    @property
    def waiting(self) -> bytes:
        return b"".join(self._tempDataBuffer)

    def writeSomeData(self, data: bytes) -> int | ConnectionLost:
        if self.room < 0:
            return ConnectionLost()
        self.writes += 1
        taken = min(len(data), self.room)
        self.sent, self.room = self.sent + data[:taken], self.room - taken
        return taken

    def write(self, data: bytes) -> None:
        self._tempDataBuffer.append(data)


def socket(room: int) -> tuple[Socket, Any]:
    made, connection = Socket(), Connection(room)
    made.transport, made.send_queue, made.peer = connection, deque(), "a page"
    made.state, made.logOctets, made._frames = made.STATE_OPEN, False, bytearray()
    made.trafficStats = TrafficStats()
    return made, connection


def frame(text: bytes, opcode: int = TEXT) -> bytes:
    return bytes([0x80 | opcode, len(text)]) + text


async def turn() -> None:
    """Let the event loop turn once."""
    await asyncio.sleep(0)


async def test_the_frames_of_one_turn_are_written_together() -> None:
    page, connection = socket(room=1000)
    page.sendData(frame(b"one"))
    page.sendData(frame(b"two"))
    assert connection.writes == 0
    await turn()
    assert (connection.sent, connection.writes) == (frame(b"one") + frame(b"two"), 1)
    page.sendData(frame(b"three"))
    await turn()
    assert (connection.sent[-5:], connection.writes, connection.waiting) == (b"three", 2, b"")


async def test_frames_that_never_let_the_loop_turn_are_written_all_the_same() -> None:
    page, connection = socket(room=2 * MAX_HELD_BYTES)
    page.sendData(frame(b"small"))
    page.sendData(b"\x81" + bytes(MAX_HELD_BYTES))
    assert connection.sent.endswith(bytes(MAX_HELD_BYTES)) and connection.writes == 1


async def test_what_the_system_does_not_take_follows_in_order() -> None:
    page, connection = socket(room=4)
    page.sendData(frame(b"first"))
    await turn()
    connection.room = 100
    page.sendData(frame(b"second"))
    await turn()
    assert connection.sent == frame(b"first")[:4]
    assert connection.waiting == frame(b"first")[4:] + frame(b"second")


async def test_a_part_that_twisted_still_holds_is_not_overtaken() -> None:
    page, connection = socket(room=100)
    connection.dataBuffer = b"earlier"
    page.sendData(frame(b"later"))
    await turn()
    assert (connection.sent, connection.waiting) == (b"", frame(b"later"))


async def test_a_ping_and_the_last_frame_do_not_overtake_messages() -> None:
    page, connection = socket(room=100)
    page.sendData(frame(b"message"))
    page.sendData(frame(b"", CLOSE))
    assert connection.sent + connection.waiting == frame(b"message") + frame(b"", CLOSE)


async def test_frames_that_autobahn_still_holds_are_not_overtaken() -> None:
    page, connection = socket(room=100)
    page.triggered = True
    page.send_queue.append((b"earlier", False))
    page.sendData(frame(b"later"))
    await turn()
    assert connection.sent == b""
    assert [data for data, _ in page.send_queue] == [b"earlier", frame(b"later")]


async def test_that_a_connection_is_lost_is_left_to_twisted() -> None:
    page, connection = socket(room=-1)
    page.sendData(frame(b"a frame"))
    await turn()
    assert connection.waiting == frame(b"a frame")


async def test_nothing_is_written_to_a_connection_that_was_closed_meanwhile() -> None:
    page, connection = socket(room=100)
    page.sendData(frame(b"a frame"))
    connection.connected = False
    await turn()
    assert connection.sent == b""


def test_twisted_keeps_what_waits_where_it_is_looked_for() -> None:
    """Otherwise frames would go the usual way, which is slower."""
    descriptor = FileDescriptor(object())
    assert (descriptor.dataBuffer, descriptor._tempDataBuffer) == (b"", [])
