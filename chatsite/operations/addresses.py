"""Addresses to listen on: HOST:PORT, read and opened."""

import errno
import re
import socket

PORT = re.compile("[0-9]{1,5}")
MAX_PORT = 65535
REASONS = {
    errno.EADDRINUSE: "another program listens there already",
    errno.EACCES: "that needs more rights than this program has",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


class BadAddress(ValueError):
    """An address that cannot be listened on; `str` is a sentence."""


def parse(address: str) -> tuple[str, int]:
    """Return the host and port of HOST:PORT, [IPV6]:PORT, :PORT or PORT. The default host is 127.0.0.1."""
    host, _, port = address.rpartition(":")
    if not PORT.fullmatch(port) or int(port) > MAX_PORT:
        raise BadAddress(f"{address} is not an address to listen on; give one such as 127.0.0.1:8000.")
    return host.strip("[]") or "127.0.0.1", int(port)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises BadAddress with the reason."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except (socket.gaierror, UnicodeError) as error:  # such as a name with an empty label
        raise BadAddress(f"The host {host} is unknown.") from error
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror)
        raise BadAddress(f"{host}:{port} cannot be listened on: {reason}.") from error
    return listener


def url(listener: socket.socket) -> str:
    """Return the URL that a person on this machine opens."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
