"""What becomes of an answer whose process was killed, and who may say that it was."""

import asyncio
import time

import pytest

from tests.faults.checker import complaints
from tests.harness.site import Site

# Seconds after a start that nobody should have to wait for.
AT_ONCE = 3


async def begun(site, upstream, open_tab, words="So far. "):
    """A tab, and an answer that is being written there."""
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Go on")
    hold.send(words)
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.text)
    await asyncio.sleep(0.5)
    return hold, tab, sent


@pytest.mark.parametrize("heartbeat", ["2001-01-01 00:00:00", "2101-01-01 00:00:00"])
async def test_a_killed_answer_has_ended_as_soon_as_its_site_is_up_whatever_the_clock_says(
    new_site, upstream, open_tab, heartbeat
):
    site = new_site().start()
    _, tab, sent = await begun(site, upstream, open_tab)
    site.kill()
    site.database.write("UPDATE conversations_completion SET heartbeat = ?", heartbeat)
    await asyncio.to_thread(site.start)
    ready = time.monotonic()
    reply = await tab.finished(sent, 10)
    assert reply.status == "interrupted" and reply.finished_at - ready < AT_ONCE
    assert await complaints(site, upstream, sent, tab, killed_at=ready) == []


async def test_a_second_process_on_the_same_file_ends_no_answer_of_the_first(new_site, upstream, open_tab):
    first = new_site().start()
    hold, tab, sent = await begun(first, upstream, open_tab)
    others = [Site(first.home, upstream.base_url, **first.env) for _ in range(2)]
    try:
        for other in others:
            await asyncio.to_thread(other.start)
        await asyncio.sleep(AT_ONCE)
        hold.finish()
        assert (await tab.finished(sent, 10)).status == "complete"
        assert await complaints(first, upstream, sent, tab) == []
    finally:
        for other in others:
            await asyncio.to_thread(other.end)


async def test_an_answer_that_was_stopped_before_its_site_was_killed_is_stopped(new_site, upstream, open_tab):
    site = new_site(CHATSITE_CONTINUE_INTERRUPTED="1").start()
    _, tab, sent = await begun(site, upstream, open_tab)
    site.kill()
    site.database.write("UPDATE conversations_completion SET stop_requested = ?", True)
    await asyncio.to_thread(site.start)
    assert (await tab.finished(sent, 10)).status == "stopped"
    await asyncio.sleep(AT_ONCE)
    assert len(upstream.requests) == 1
