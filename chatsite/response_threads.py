"""Makes the pieces of a streamed response in threads, because they are read from the database."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connection

# Exports share two threads: they may take long, and pages come first.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="exports")

# A piece is sent when it is this large, or took this long.
PIECE_BYTES = 64 * 1024
PIECE_SECONDS = 0.05


async def in_threads(pieces: Iterator[str] | Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the pieces, joined to larger ones. Each is made when the one before was sent."""
    loop = asyncio.get_running_loop()
    while piece := await loop.run_in_executor(_threads, _next, pieces):
        yield piece


def _next(pieces: Iterator[str] | Iterator[bytes]) -> bytes:
    """Return the next piece; empty at the end."""
    close_old_connections()
    made, size, begun = [], 0, time.monotonic()
    try:
        for piece in pieces:
            made.append(piece.encode("utf-8", "replace") if isinstance(piece, str) else piece)
            size += len(made[-1])
            if size and (size >= PIECE_BYTES or time.monotonic() - begun > PIECE_SECONDS):
                break
    finally:
        if connection.vendor != "sqlite":
            connection.close()
    return b"".join(made)
