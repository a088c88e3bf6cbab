"""Frames that no page sends: each is answered in words, and nobody else feels them."""

import random
import time

import aiohttp
import pytest

from tests.faults.bystander import Bystander
from tests.faults.checker import complaints
from tests.faults.frames import ODD, random_frame
from tests.harness.meter import MIB

RANDOM_FRAMES = 5000
# What is still on its way when a socket is closed can make its reader lose the code.
TOO_MUCH = {4429, 1006}


@pytest.fixture
async def tab(site, open_tab):
    tab = await open_tab(site)
    await tab.until(lambda: tab.opened)
    return tab


async def works_still(site, upstream, model, tab) -> None:
    sent = await tab.ask("And now a real one", model=model)
    await tab.finished(sent)
    assert await complaints(site, upstream, sent, tab) == []


@pytest.mark.parametrize("frame", ODD.values(), ids=ODD)
async def test_an_odd_frame_is_answered_in_a_sentence_on_the_same_socket(tab, frame):
    await tab.write(frame)
    (error,) = await tab.until(lambda: tab.errors, 5)
    assert error["code"] and error["detail"].endswith(".")
    assert tab.closes == []


async def test_a_binary_frame_is_answered_in_a_sentence(site, upstream, model, tab):
    await tab.write(bytes(range(256)), aiohttp.WSMsgType.BINARY)
    await tab.until(lambda: tab.errors, 5)
    await works_still(site, upstream, model, tab)


async def test_bytes_that_are_no_text_end_that_socket_alone(site, upstream, model, connect, tab):
    async with Bystander(site, connect):
        await tab.write(b"\xff\xfe\xfd")
        await tab.until(lambda: tab.opened == 2, 5)
        await works_still(site, upstream, model, tab)
    assert 1011 not in tab.closes


async def test_a_frame_of_30_mb_ends_that_socket_alone_and_fills_no_memory(
    site, upstream, model, connect, tab
):
    async with Bystander(site, connect):
        site.meter.start()
        before = site.meter.memory
        await tab.write(b'{"type": "' + b"x" * 30 * MIB + b'"}')
        await tab.until(lambda: tab.opened == 2 or tab.errors, 10)
        assert site.meter.peak - before < 32 * MIB
        await works_still(site, upstream, model, tab)
    assert 1011 not in tab.closes


@pytest.mark.seeds(short=1, full=4)
async def test_5000_random_frames_trouble_nobody(site, upstream, model, connect, tab, seed):
    """They may be too many at once, which closes the socket; a site that fails at one would say 1011."""
    rng = random.Random(seed)
    async with Bystander(site, connect, patience=4):
        begin = time.monotonic()
        for _ in range(RANDOM_FRAMES):
            await tab.write(random_frame(rng))
        await tab.until(lambda: tab.closes or answered(tab), 60)
        assert time.monotonic() - begin < 60
    assert set(tab.closes) <= TOO_MUCH
    if 4429 not in tab.closes:
        await works_still(site, upstream, model, tab)


def answered(tab) -> bool:
    """Acknowledgements are the only frames that nothing answers."""
    return len(tab.errors) > RANDOM_FRAMES * 0.7
