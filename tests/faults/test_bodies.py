"""Bodies that nobody should send: nobody else feels them, and the memory does not either."""

import asyncio
import contextlib

import pytest

from tests.faults.bystander import Bystander
from tests.harness.meter import MIB

LARGE = 200 * MIB
HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"


async def post(site, head: bytes, part: bytes, parts: int) -> str:
    """The answer to a request of which everything is sent that the site still takes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    answer = asyncio.create_task(reader.read())
    writer.write(HEAD + head)
    with contextlib.suppress(ConnectionError):
        for _ in range(parts):
            writer.write(part)
            await writer.drain()
    try:
        return (await asyncio.wait_for(answer, 20)).decode()
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"Content-Length: %d\r\n\r\n" % LARGE, b"x" * MIB),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + b"x" * MIB + b"\r\n"),
    ],
    ids=["length", "chunked"],
)
async def test_a_body_of_200_mb_is_refused_and_holds_up_nobody(site, connect, head, part):
    async with Bystander(site, connect, patience=1):
        site.meter.start()
        before = site.meter.memory
        answer = await post(site, head, part, LARGE // MIB)
        assert site.meter.peak - before < 16 * MIB
    assert answer.startswith("HTTP/1.1 413 ") and "at most 4 MB" in answer
