"""One person with a thousand sockets, or with one that sends and never reads: everybody else is served."""

import asyncio
import json
import resource
from contextlib import AsyncExitStack

import aiohttp
import pytest

from chatsite.limits import MAX_PAGES_PER_USER
from tests.faults.bystander import Bystander
from tests.harness import protocol
from tests.harness.meter import MIB
from tests.harness.people import stranger

SOCKETS = 1003
# As many files as a shell lets a process open, unless it asks for more.
FILES = 1024
AT_ONCE = 50
# Characters that take six each as HTML.
LONG = "'" * 150_000


def path(number: int) -> str:
    return f"/ws/conversations/00000000-0000-4000-8000-{number:012}/"


@pytest.fixture
def mallory(site) -> dict[str, str]:
    return {"Cookie": stranger(site, "mallory"), "Origin": site.url}


async def test_of_a_thousand_sockets_of_one_person_30_are_held_and_others_are_served(site, connect, mallory):
    one_at_a_time, readers = asyncio.Semaphore(AT_ONCE), []
    async with Bystander(site, connect, patience=4), AsyncExitStack() as sockets:
        http = await sockets.enter_async_context(
            aiohttp.ClientSession(headers=mallory, connector=aiohttp.TCPConnector(limit=0))
        )

        async def open_one(number: int) -> list[dict]:
            async with one_at_a_time:
                socket = await sockets.enter_async_context(http.ws_connect(site.url + path(number)))
                said = [json.loads((await socket.receive()).data)]
                if said[0]["type"] == "error":
                    said.append((await socket.receive()).data)
                else:  # It answers the site's pings, as a browser does.
                    readers.append(asyncio.create_task(socket.receive()))
                return said

        said = await asyncio.gather(*(open_one(number) for number in range(SOCKETS)))
        held = [each for each in said if each[0]["type"] == "conversation.opened"]
        assert len(held) == MAX_PAGES_PER_USER
        assert {each[-1] for each in said if each not in held} == {4429}
        async with aiohttp.ClientSession() as other, other.get(f"{site.url}/accounts/login/") as page:
            assert page.status == 200


async def test_a_site_may_open_more_files_than_a_shell_lets_it(site):
    soft, hard = resource.prlimit(site.process.pid, resource.RLIMIT_NOFILE)
    assert soft == min(hard, 65_536) or soft > FILES


async def test_a_socket_that_sends_and_never_reads_is_closed_and_fills_no_memory(
    site, connect, upstream, model, mallory
):
    again = protocol.create(LONG)
    async with Bystander(site, connect, patience=4), aiohttp.ClientSession(headers=mallory) as http:
        async with http.ws_connect(site.url + path(1), max_msg_size=0) as socket:
            await socket.send_json({**again, "model": model})
            while json.loads((await socket.receive()).data)["type"] != "reply.finished":
                pass
        site.meter.start()
        before = site.meter.memory
        async with http.ws_connect(site.url + path(1), max_msg_size=0) as socket:
            socket._conn.transport.pause_reading()
            # Until it is closed.
            with pytest.raises(aiohttp.ClientConnectionResetError):
                async with asyncio.timeout(40):
                    while True:
                        await socket.send_json(again)
                        await asyncio.sleep(0.25)
        assert site.meter.peak - before < 40 * MIB
