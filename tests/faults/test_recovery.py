"""After many cancelled, simultaneous or hasty answers the site is as it was."""

import asyncio
import random
from contextlib import AsyncExitStack

import pytest

from chatsite.limits import MAX_RUNNING_ANSWERS_PER_USER
from tests.faults.checker import complaints
from tests.harness.tab import Tab
from tests.upstream import UpstreamThread

AT_ONCE = MAX_RUNNING_ANSWERS_PER_USER
# Threads that are begun when they are needed first, which may be late, and the files of a thread's database connection.
LATE, FILES = 2, 3
# Seconds.
PATIENCE = 10


@pytest.fixture(scope="module")
def upstream():
    with UpstreamThread() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def warm_site(stock, tmp_path_factory, upstream):
    site = stock.site(tmp_path_factory.mktemp("warm") / "home", upstream).start()
    yield site
    site.end()


async def cancel(site, upstream, rng: random.Random, number: int) -> None:
    """Ask, and stop or leave at some moment."""
    async with Tab(site.url, site.cookie) as tab:
        sent = await tab.ask(f"Cancel {number}")
        await asyncio.sleep(rng.uniform(0, 0.3))
        reply = tab.reply(sent)
        if reply and rng.random() < 0.7:
            await tab.stop(reply)
            await tab.finished(sent, 10)


async def cancel_many(site, upstream, rng: random.Random, count: int) -> None:
    for _ in range(count):
        upstream.reply(["so far "] * 20, pace=0.01)
    for begin in range(0, count, AT_ONCE):
        numbers = range(begin, min(count, begin + AT_ONCE))
        await asyncio.gather(*(cancel(site, upstream, rng, number) for number in numbers))
    await quiet(site)
    upstream.forget()


async def quiet(site) -> None:
    """Wait until no answer is being written, and a moment more."""
    await asyncio.to_thread(site.until_idle)
    await asyncio.sleep(1)


def said_since(site, begin: int) -> list[str]:
    """The failures that the site has logged since its line `begin`."""
    return [line for line in site.lines[begin:] if "ERROR" in line or "Error:" in line]


class Held:
    """What a site holds. Connections to the upstream that wait for their next use are counted apart."""

    def __init__(self, site, upstream) -> None:
        self.idle = sum(not connection.left.is_set() for connection in upstream.connections)
        self.all = site.meter.read()
        self.files = self.all.files - self.idle

    def excess(self, before: "Held", most_idle: int) -> list[str]:
        """What is held in greater number than before."""
        most = {
            "memory": (self.all.memory, before.all.memory * 1.1),
            "threads": (self.all.threads, before.all.threads + LATE),
            "files": (self.files, before.files + LATE * FILES),
            "idle connections": (self.idle, most_idle),
        }
        return [f"{name}: {now} of {limit}" for name, (now, limit) in most.items() if now > limit]


async def assert_nothing_is_held(site, upstream, before: Held, most_idle: int) -> None:
    """A busy machine closes what has ended seconds later."""
    for _ in range(PATIENCE * 10):
        if not (excess := Held(site, upstream).excess(before, most_idle)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(excess)


@pytest.mark.seeds(short=1, full=2)
async def test_after_many_random_cancels_an_answer_is_as_ever_and_nothing_is_held(
    warm_site, upstream, open_tab, is_full, seed
):
    rng = random.Random(seed)
    await cancel_many(warm_site, upstream, rng, 150 if is_full else 40)
    before, said = Held(warm_site, upstream), len(warm_site.lines)
    await cancel_many(warm_site, upstream, rng, 300 if is_full else 60)
    await assert_nothing_is_held(warm_site, upstream, before, AT_ONCE)
    tab = await open_tab(warm_site)
    sent = await tab.ask(f"A normal one {seed}")
    assert (await tab.finished(sent)).status == "complete"
    assert await complaints(warm_site, upstream, sent, tab) == []
    assert said_since(warm_site, said) == []


async def stream_at_once(site, upstream, count: int, name: str, look_at: int = 101) -> None:
    """Hold all answers open until each has begun."""
    asked = len(upstream.requests)
    holds = [upstream.hold() for _ in range(count)]
    async with AsyncExitStack() as stack:
        cookies = [site.cookies[number // AT_ONCE] for number in range(count)]
        tabs = [await stack.enter_async_context(Tab(site.url, cookie)) for cookie in cookies]
        await read_to_the_end(site, upstream, holds, tabs, asked, name, look_at)
    await quiet(site)


async def read_to_the_end(site, upstream, holds, tabs, asked: int, name: str, look_at: int) -> None:
    sents = [await tab.ask(f"{name} {number}") for number, tab in enumerate(tabs)]
    await asyncio.to_thread(upstream.requested, asked + len(tabs), timeout=30)
    for step in range(10):
        for hold in holds:
            hold.send(f"step {step}, ")
        await asyncio.sleep(0.1)
    for hold in holds:
        hold.finish()
    for number, (tab, sent) in enumerate(zip(tabs, sents, strict=True)):
        reply = await tab.finished(sent, 30)
        assert reply.status == "complete" and reply.text == "".join(f"step {step}, " for step in range(10))
        assert number >= look_at or await complaints(site, upstream, sent, tab) == []


@pytest.mark.full
async def test_101_answers_at_once_are_all_whole_and_nothing_is_held_afterwards(warm_site, upstream):
    await asyncio.to_thread(warm_site.people, 11)
    await stream_at_once(warm_site, upstream, 101, "Warm", look_at=0)
    before, said = Held(warm_site, upstream), len(warm_site.lines)
    await stream_at_once(warm_site, upstream, 101, "Once more")
    await assert_nothing_is_held(warm_site, upstream, before, 101)
    assert said_since(warm_site, said) == []


async def test_many_short_answers_one_after_another_are_all_logged_without_a_failure(
    warm_site, upstream, open_tab, is_full
):
    """Each begins at another moment after the end of the one before, as when people answer at once."""
    said = len(warm_site.lines)
    tab = await open_tab(warm_site)
    for number in range(40 if is_full else 12):
        upstream.reply(["word "] * 10, pace=0.02)
        sent = await tab.ask(f"Short {number}")
        await tab.finished(sent)
        await asyncio.sleep(number % 10 / 50)
    assert await complaints(warm_site, upstream, sent, tab) == []
    assert said_since(warm_site, said) == []
