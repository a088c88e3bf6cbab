"""What one request, one person and one process may take up. Beyond each limit, a sentence says what it is."""

from typing import NamedTuple

# Seconds for a request's head to arrive.
HEAD_SECONDS = 20
# Seconds that a connection without a request is kept for the next one.
IDLE_SECONDS = 60


class BodyLimit(NamedTuple):
    """Bytes of a request's body, and seconds for it to arrive."""

    size: int
    seconds: float


BODY = BodyLimit(4 * 1024 * 1024, 20)
# Paths whose bodies may be larger or slower, by what they begin with.
BODIES: dict[bytes, BodyLimit] = {}

# Sockets and event streams of one person that a process holds.
MAX_PAGES_PER_USER = 30
# Answers of one person that are being written, on all workers.
MAX_RUNS_PER_USER = 10

# Files that a process may open, connections included, where the system lets it.
MAX_OPEN_FILES = 65_536
# The share of them that connections may take. The database, model servers and static files need the others.
CONNECTIONS_SHARE = 0.8

# Bytes that a socket may have been sent and not taken, and seconds for it to take them.
MAX_UNSENT_BYTES = 2 * 1024 * 1024
UNSENT_SECONDS = 10
# Bytes of one message of a socket, either way, and characters of an event: each takes at most four bytes.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
MAX_EVENT_CHARACTERS = 1_000_000


def body_limit(path: bytes) -> BodyLimit:
    """The limit to the body of a request for this path."""
    return next((limit for start, limit in BODIES.items() if path.startswith(start)), BODY)
