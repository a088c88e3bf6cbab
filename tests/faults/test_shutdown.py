"""SIGTERM while people read: all text is kept, all is true, and it does not take long."""

import asyncio
import random
import socket
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from chatsite.limits import MAX_RUNNING_ANSWERS_PER_USER
from tests.faults.checker import complaints
from tests.faults.conftest import cases, form
from tests.faults.scripts import prose
from tests.harness.tab import Tab
from tests.upstream import UpstreamThread

# The ways to end it, and how many answers are being read then.
WAYS = {
    "once": MAX_RUNNING_ANSWERS_PER_USER,
    "twice": 5,
    "twice with a half-sent POST open": MAX_RUNNING_ANSWERS_PER_USER,
}


def pytest_generate_tests(metafunc):
    """The short form is content with the hardest way."""
    if "ended" in metafunc.fixturenames:
        ways = list(WAYS) if form(metafunc.config) == "full" else list(WAYS)[-1:]
        metafunc.parametrize("ended", ways, indirect=True)


@dataclass
class End:
    """What came of one SIGTERM."""

    seconds: float = 0  # until the process had ended
    code: int | None = None
    closes: list[int | None] = field(default_factory=list)  # the close code that each tab saw
    statuses: set[str] = field(default_factory=set)  # of the runs, before anything was started again
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


async def end_all(stock, folder, ways) -> dict[str, End]:
    """Every way that a test looks at, side by side."""
    ends = await asyncio.gather(*(end(way, stock, folder / str(number)) for number, way in enumerate(ways)))
    return dict(zip(ways, ends, strict=True))


@pytest.fixture(scope="module")
def ends(request, stock, tmp_path_factory):
    return asyncio.run(end_all(stock, tmp_path_factory.mktemp("ends"), cases(request, "ended")))


@pytest.fixture
def ended(request, ends):
    return ends[request.param]


async def end(way: str, stock, home) -> End:
    """Let people read many answers, and end the site in this way."""
    rng = random.Random(way)
    with UpstreamThread() as upstream:
        site = stock.site(home, upstream)
        await asyncio.to_thread(site.start)
        try:
            async with AsyncExitStack() as stack:
                tabs = [await stack.enter_async_context(Tab(site.url, site.cookie)) for _ in range(WAYS[way])]
                for _ in tabs:
                    upstream.reply(prose(rng, 20_000), pace=0.03)
                sent = [await tab.ask(f"{way} {n}") for n, tab in enumerate(tabs)]
                await asyncio.gather(*(reading(tab, each) for tab, each in zip(tabs, sent, strict=True)))
                ended = await terminate(site, way)
                ended.closes = [
                    await tab.until(lambda tab=tab: tab.closes and tab.closes[0], 5) for tab in tabs
                ]
                await asyncio.to_thread(site.start)
                for tab, each in zip(tabs, sent, strict=True):
                    await tab.finished(each, 20)
                    ended.wrong += await complaints(site, upstream, each, tab)
        finally:
            await asyncio.to_thread(site.end)
    return ended


async def reading(tab: Tab, sent) -> None:
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.end > 20)


async def terminate(site, way: str) -> End:
    ended = End()
    said = len(site.lines)
    half_sent = socket.create_connection(("127.0.0.1", site.port))
    if "POST" in way:
        half_sent.sendall(
            b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nuser"
        )
        await asyncio.sleep(0.2)
    begin = time.monotonic()
    site.terminate()
    if "twice" in way:
        await asyncio.sleep(0.1)
        site.terminate()
    ended.code = await asyncio.to_thread(site.process.wait, 30)
    ended.seconds = time.monotonic() - begin
    half_sent.close()
    ended.statuses = {
        row["status"] for row in site.database.rows("SELECT status FROM conversations_completion")
    }
    ended.said = site.lines[said:]
    return ended


def test_the_site_ends_within_10_s_and_as_it_should(ended):
    assert ended.seconds <= 10
    assert ended.code == 0
    assert ended.said == []


def test_every_answer_is_interrupted_before_the_process_is_gone(ended):
    assert ended.statuses == {"interrupted"}


def test_no_text_is_lost_and_every_tab_ends_as_a_reload(ended):
    assert ended.wrong == []


def test_sockets_are_notified_that_the_site_restarts(ended):
    assert set(ended.closes) == {1012}
