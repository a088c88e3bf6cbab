"""Daphne with a graceful shutdown: runs are interrupted and saved before the process ends."""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

import daphne.server
from channels.routing import get_default_application
from twisted.internet import defer, reactor

from chatsite.history.exchange.queue import IMPORTS
from chatsite.limits import CONNECTIONS_SHARE, MAX_MESSAGE_BYTES
from chatsite.operations import files
from chatsite.operations.bodies import BODY, Bodies
from chatsite.operations.housekeeping import HOUSEKEEPING
from chatsite.operations.requests import Factory, Request
from chatsite.operations.sockets import Socket
from chatsite.protocol import CLOSE_SERVICE_RESTART
from chatsite.runs.process import PROCESS
from chatsite.tryouts.registry import TRYOUTS

logger = logging.getLogger(__name__)

# Seconds for the whole shutdown, and for followers to send their last event.
SHUTDOWN_SECONDS = 6
LAST_EVENTS_SECONDS = 0.1


class Server(daphne.server.Server):
    """Daphne with bounded connections of our own. It listens on a socket that is already open."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        # No endpoint of Daphne's own: its connections have no limits.
        super().__init__(
            Bodies(application),
            endpoints=["none"],
            websocket_max_message_size=MAX_MESSAGE_BYTES,
            websocket_max_frame_size=MAX_MESSAGE_BYTES,
            server_name="",
        )
        self.endpoints = []
        self.max_connections = int(files.raise_limit() * CONNECTIONS_SHARE)
        self._transports: set[Any] = set()
        self._tasks: set[asyncio.Task] = set()
        reactor.callWhenRunning(self._listen, listener)

    def _listen(self, listener: socket.socket) -> None:
        self.ws_factory.protocol = Socket
        # A client that sends must answer a ping, too.
        self.ws_factory.setProtocolOptions(autoPingRestartOnAnyTraffic=False)
        listener.setblocking(False)
        reactor.adoptStreamPort(listener.fileno(), listener.family, Factory(self))

    def hold(self, work: Coroutine[Any, Any, None]) -> asyncio.Task:
        """Start a task, also before the event loop runs, and hold it: the loop itself has weak references only."""
        task = asyncio.get_event_loop().create_task(work)
        self._tasks.add(task)
        return task

    def connected(self, transport: Any) -> bool:
        """Count a connection. Returns whether there is room for it."""
        self._transports.add(transport)
        return len(self._transports) <= self.max_connections

    def disconnected(self, transport: Any) -> None:
        self._transports.discard(transport)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Send, and wait while the client has too much unsent."""
        await super().handle_reply(protocol, message)
        await protocol.taken()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, Request) and protocol.body:
            scope[BODY] = protocol.body
        # Not in the context of the request that has just ended on this connection: its thread is taken back.
        return Context().run(super().create_application, protocol, scope)


def run(listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve on this socket until a signal ends the process. `ready` is called once it accepts connections."""
    # Loaded only now: the application lists the static files once.
    server = Server(get_default_application(), listener)
    for beginning in (PROCESS.start, TRYOUTS.begin):
        reactor.callWhenRunning(lambda begin=beginning: server.hold(begin()))
    for background in (IMPORTS, HOUSEKEEPING):
        reactor.callWhenRunning(background.begin)
        reactor.addSystemEventTrigger("before", "shutdown", background.end)
    # Not before signals are handled: a program that reads it may send one.
    reactor.callWhenRunning(ready)
    # Daphne's own trigger does not wait for tasks that belong to no connection.
    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: defer.Deferred.fromFuture(server.hold(_shut_down(server)))
    )
    # What was loaded until now stays; the garbage collector need not scan it.
    gc.freeze()
    server.run()


def close_sockets(server: Server) -> None:
    """Close all sockets, so that pages reconnect. The application could only send the close codes of applications."""
    for connection in list(server.connections):
        if isinstance(connection, Socket) and connection.state == connection.STATE_OPEN:
            connection.sendCloseFrame(code=CLOSE_SERVICE_RESTART)


async def _shut_down(server: Server) -> None:
    """Save the runs, let the pages reconnect, and close what is open, within the time limit."""
    try:
        async with asyncio.timeout(SHUTDOWN_SECONDS):
            await asyncio.gather(PROCESS.drain(), TRYOUTS.drain())
            await asyncio.sleep(LAST_EVENTS_SECONDS)
            close_sockets(server)
            await PROCESS.close()
    except TimeoutError:
        logger.error("The shutdown took too long; not everything may be saved.")
