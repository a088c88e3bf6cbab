"""Limits of one request, one person and one process. A person who meets one reads a sentence that names it."""

from typing import NamedTuple

# Seconds for a request's head to arrive.
HEAD_SECONDS = 20
# Seconds that an idle connection is kept open.
IDLE_SECONDS = 60


class BodyLimit(NamedTuple):
    """Bytes of a request's body, and seconds for it to arrive."""

    size: int
    seconds: float


BODY = BodyLimit(4 * 1024 * 1024, 20)
# A file that a signed-in person uploads; the form's other fields come on top.
MAX_UPLOAD_BYTES = 500 * 1024 * 1024
UPLOAD = BodyLimit(MAX_UPLOAD_BYTES + 1024 * 1024, 3600)
# Limits of paths whose bodies may be larger or slower, by the path's start.
BODIES: dict[bytes, BodyLimit] = {}

# Sockets and event streams of one person in one process.
MAX_PAGES_PER_USER = 30
# Answers of one person that are being written, on all workers.
MAX_RUNNING_ANSWERS_PER_USER = 10

# Files that a process may open, connections included, where the system allows it.
MAX_OPEN_FILES = 65_536
# The share of them for connections. The database, model servers and static files need the rest.
CONNECTIONS_SHARE = 0.8

# Bytes that were sent to a socket and not read yet, and seconds for it to read them.
MAX_UNSENT_BYTES = 2 * 1024 * 1024
UNSENT_SECONDS = 10
# Bytes of one message of a socket in either direction, and characters of an event: each takes at most four bytes.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
MAX_EVENT_CHARACTERS = 1_000_000


def body_limit(path: bytes) -> BodyLimit:
    """Return the limit for the body of a request for this path."""
    return next((limit for start, limit in BODIES.items() if path.startswith(start)), BODY)
