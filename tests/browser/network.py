"""A page's sockets in a test's hand: cut, silent, refused, or losing a frame."""

import re
from contextlib import suppress

SOCKETS = re.compile("/ws/")


class Network:
    """Stands between a page and the server from the page's next load on. `sockets`: in the order they were opened."""

    def __init__(self, page, lose=lambda event: False) -> None:
        self.sockets = []
        self.is_silent = False
        self._lose, self._lost = lose, []
        page.route_web_socket(SOCKETS, self._route)
        page.reload()

    def cut(self, code: int = 1012) -> None:
        """Close the newest socket as a server does."""
        self.sockets[-1].close(code=code)

    def _route(self, socket) -> None:
        self.sockets.append(socket)
        server = socket.connect_to_server()
        socket.on_message(lambda frame: self.is_silent or server.send(frame))
        server.on_message(lambda event: self._forward(socket, event))

    def _forward(self, socket, event) -> None:
        if self.is_silent:
            return
        if self._lose(event) and not self._lost:
            self._lost.append(event)
            return
        with suppress(Exception):  # the test has cut it meanwhile
            socket.send(event)


def refuse(page, code: int | None = None) -> list:
    """Close each socket of the page before its first frame; gives them as they come."""
    tries = []
    page.route_web_socket(SOCKETS, lambda socket: (tries.append(socket), socket.close(code=code)))
    page.reload()
    return tries
