"""A server that never takes what it is sent: it lets people connect and does not even accept them."""

import socket
import time
from pathlib import Path
from typing import Self


class Silence:
    """A listening port that accepts nothing."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def wait(self, seconds: float = 10) -> None:
        """Wait until someone waits in line."""
        connections = Path("/proc/net/tcp")
        mark = f"0100007F:{self._listener.getsockname()[1]:04X} "
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if connections.read_text().count(mark) > 1:
                return
            time.sleep(0.02)
        raise TimeoutError("nobody has connected")
