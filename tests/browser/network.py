"""A page's sockets in a test's hand: cut, silent, refused, or losing a frame."""

import re
from contextlib import suppress

from tests.browser.steps import until

SOCKETS = re.compile("/ws/")
# A list is fetched again a quarter of a second after what made it stale.
FETCHED_MS = 500
NO_SOCKETS = "window.WebSocket = class { constructor() { throw new Error('blocked'); } }"


class Network:
    """Stands between a page and the server from the page's next load on. `sockets`: in the order they were opened."""

    def __init__(self, page, lose=lambda event: False) -> None:
        self.sockets = []
        self.is_silent = False
        self._page, self._lose, self._lost = page, lose, []
        self._came = []
        page.route_web_socket(SOCKETS, self._route)
        page.reload()

    def cut(self, code: int = 1012) -> None:
        """Close the newest socket as a server does."""
        self.sockets[-1].close(code=code)

    def has_opened(self) -> None:
        """Wait until the first event has come, and what the page fetches because of it."""
        until(self._page, lambda: "opened" in "".join(self._came), "No socket was opened.")
        self._page.wait_for_timeout(FETCHED_MS)
        self._page.wait_for_load_state("networkidle")

    def has_lost(self, kind: str) -> None:
        """Wait until an event of this kind has come and was lost."""
        until(self._page, lambda: f'"type":"{kind}"' in "".join(map(str, self._lost)), f"No {kind} has come.")

    def _route(self, socket) -> None:
        self.sockets.append(socket)
        server = socket.connect_to_server()
        socket.on_message(lambda frame: self.is_silent or server.send(frame))
        server.on_message(lambda event: self._forward(socket, event))

    def _forward(self, socket, event) -> None:
        if self.is_silent or (self._lose(event) and not self._lost):
            self._lost.append(event)
            return
        self._came.append(str(event))
        with suppress(Exception):  # the test has cut it meanwhile
            socket.send(event)


def refuse(page, code: int | None = None) -> list:
    """Close each socket of the page before its first frame; the list of them grows meanwhile."""
    tries = []
    page.route_web_socket(SOCKETS, lambda socket: (tries.append(socket), socket.close(code=code)))
    page.reload()
    return tries
