"""Large request bodies: the application reads them from the file that they came into, at its own pace."""

import asyncio
from typing import IO, Any

# The scope's entry for such a file. The server's own queue would hold all of it in memory.
BODY = "chatsite.body"
CHUNK_BYTES = 64 * 1024


class Bodies:
    """Wraps an application, and gives it the body of a request that has one in a file."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        body = scope.pop(BODY, None)
        return await self._application(scope, _reads(body, receive) if body else receive, send)


def _reads(body: IO[bytes], receive: Any) -> Any:
    async def read() -> Any:
        if body.closed:
            return {"type": "http.disconnect"}
        chunk = body.read(CHUNK_BYTES)
        if not chunk:
            return await receive()
        # Others have their turn between two chunks.
        await asyncio.sleep(0)
        return {"type": "http.request", "body": chunk, "more_body": True}

    return read
