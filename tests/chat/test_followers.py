"""How much a follower sends to a page that shows it late, or never, and how often."""

import asyncio

import pytest

from chatsite.chat.followers import MAX_UNACKED_CHARACTERS, SLOWING_UNACKED_CHARACTERS, Window
from chatsite.runs import pace
from chatsite.runs.ends import Failed
from chatsite.runs.transcript import Transcript
from tests.upstream import delta, done, finish

END = Failed("gone", "It is over.")


async def waits(window: Window, end: int, size: int, seconds: float = 0.1) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await window.sent(end, size, Transcript())
    except TimeoutError:
        return True
    return False


async def test_a_page_that_shows_what_it_gets_is_never_waited_for():
    window = Window()
    for end in range(1, 50):
        assert not await waits(window, end, SLOWING_UNACKED_CHARACTERS // 2)
        window.acknowledge(end)


async def test_a_page_that_is_behind_is_waited_for():
    window = Window()
    window.acknowledge(0)
    assert not await waits(window, 1, SLOWING_UNACKED_CHARACTERS)
    assert await waits(window, 2, 1)


async def test_an_acknowledgement_lets_it_continue():
    window = Window()
    window.acknowledge(0)
    waiting = asyncio.create_task(window.sent(1, 2 * SLOWING_UNACKED_CHARACTERS, Transcript()))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    window.acknowledge(1)
    await asyncio.wait_for(waiting, 0.1)


async def test_an_answer_that_begins_again_does_not_wait_for_what_it_replaced():
    window = Window()
    window.acknowledge(0)
    assert not await waits(window, 100_000, SLOWING_UNACKED_CHARACTERS)
    window.restart()
    assert await waits(window, 32_000, SLOWING_UNACKED_CHARACTERS)
    window.acknowledge(32_000)
    assert not await waits(window, 64_000, SLOWING_UNACKED_CHARACTERS)


async def test_a_client_that_never_acknowledges_gets_its_answer_only_slower():
    window = Window()
    assert not await waits(window, 1, SLOWING_UNACKED_CHARACTERS + 1, seconds=1)
    assert not await waits(window, 2, 1, seconds=1)


async def test_there_is_an_end_to_what_a_silent_client_is_sent():
    window = Window()
    assert await waits(window, 1, MAX_UNACKED_CHARACTERS + 1, seconds=1.5)


@pytest.fixture
def growing(alice, provider, upstream, open_page):
    """Begins an answer of which a page with this pace has seen these words, each before the next was said."""

    async def begin(milliseconds: int, *words: str):
        hold = upstream.hold()
        page = await open_page(alice)
        page.pace = milliseconds
        await page.ask("Hello?")
        for word in words:
            hold.send(word)
            await page.until_shown(word)
        return page, hold

    return begin


async def test_a_page_is_sent_an_answer_no_more_often_than_it_asks(growing):
    page, hold = await growing(500, "One. ", "Two. ", "Three. ")
    for word in ("Four. ", "Five. "):
        hold.send(word)
        await asyncio.sleep(0.1)
    assert (await page.until("reply.delta"))["text"] == "Four. Five. "
    hold.finish()


async def test_the_end_of_an_answer_waits_for_no_pace(growing):
    page, hold = await growing(1000, "One. ", "Two. ")
    hold.send("Three.")
    hold.finish()
    async with asyncio.timeout(0.8):
        await page.until("reply.finished")
    assert page.text == "One. Two. Three."


async def test_an_answer_that_was_read_to_its_end_ends_without_another_poll(growing, monkeypatch):
    monkeypatch.setattr(pace, "MAX_WANTED_SECONDS", 1.0)
    page, hold = await growing(1000, "One. ", "Two. ")
    hold.write(delta("Three.") + finish() + done(), None)
    await page.until_shown("Three.")
    async with asyncio.timeout(0.6):
        await page.until("reply.finished")


async def test_the_end_of_an_answer_waits_for_no_acknowledgement():
    window, transcript = Window(), Transcript()
    window.acknowledge(0)
    waiting = asyncio.create_task(window.sent(1, 2 * SLOWING_UNACKED_CHARACTERS, transcript))
    await asyncio.sleep(0.01)
    transcript.close(END)
    await asyncio.wait_for(waiting, 0.5)


async def test_even_the_end_waits_for_a_page_that_is_far_behind():
    window, transcript = Window(), Transcript()
    transcript.close(END)
    assert await waits(window, 1, MAX_UNACKED_CHARACTERS + 1)


async def test_an_upstream_that_sends_much_at_once_is_read_without_a_pace(growing):
    page, hold = await growing(1000, "One. ", "Two. ")
    for _ in range(400):
        hold.send("🙂" * 1000)
    hold.finish()
    async with asyncio.timeout(3):
        await page.until("reply.finished")
