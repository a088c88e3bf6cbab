"""Stop, at every moment, from any tab."""

import asyncio
import time

import pytest

from tests.faults.checker import complaints

# Seconds; for most of it the machine does something else.
AT_ONCE = 1.5


async def closed_at_once(upstream, begin: float) -> None:
    request = await asyncio.to_thread(upstream.closed)
    assert request.closed_at - begin <= AT_ONCE


async def begun(tab, sent):
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.end)
    return reply


async def test_stop_before_the_first_word_ends_the_answer_and_the_upstream_call(
    site, upstream, model, open_tab
):
    upstream.hang()
    tab = await open_tab(site)
    sent = await tab.ask("Stop at once", model=model)
    reply = await tab.answer_to(sent)
    await asyncio.to_thread(upstream.requested)
    begin = time.monotonic()
    await tab.stop(reply)
    await closed_at_once(upstream, begin)
    assert (await tab.finished(sent)).status == "stopped"
    assert await complaints(site, upstream, sent, tab) == []


@pytest.mark.parametrize("other_tab", [False, True], ids=["this tab", "another tab"])
async def test_stop_in_the_middle_keeps_the_text_so_far(site, upstream, model, open_tab, other_tab):
    upstream.reply(["so far "] * 1000, pace=0.01)
    tab = await open_tab(site)
    sent = await tab.ask(f"Stop in the middle {other_tab}", model=model)
    reply = await begun(tab, sent)
    other = await open_tab(site, tab.conversation)
    await other.until(lambda: reply.message in other.answers)
    begin = time.monotonic()
    await (other if other_tab else tab).stop(reply)
    await closed_at_once(upstream, begin)
    assert (await tab.finished(sent)).status == "stopped"
    await other.until(lambda: other.answers[reply.message].is_over)
    assert await complaints(site, upstream, sent, tab, other) == []


async def test_stop_pressed_five_times_stops_once(site, upstream, model, open_tab):
    upstream.reply(["so far "] * 1000, pace=0.01)
    tab = await open_tab(site)
    sent = await tab.ask("Stop, stop, stop", model=model)
    reply = await begun(tab, sent)
    await asyncio.gather(*(tab.stop(reply) for _ in range(5)))
    await tab.finished(sent)
    ends = [event for event in tab.events if event["type"] == "reply.finished"]
    assert [event["status"] for event in ends] == ["stopped"]
    assert await complaints(site, upstream, sent, tab) == []


async def test_stop_after_the_end_changes_nothing(site, upstream, model, open_tab):
    tab = await open_tab(site)
    sent = await tab.ask("Stop too late", model=model)
    reply = await tab.finished(sent)
    await tab.stop(reply)
    await asyncio.sleep(0.5)
    assert tab.errors == []
    assert reply.status == "complete"
    assert await complaints(site, upstream, sent, tab) == []


async def test_stop_at_the_very_end_is_one_end(site, upstream, model, open_tab):
    """Stop races the upstream's last word: either may win, and both sides say the same."""
    for number in range(10):
        hold = upstream.hold()
        tab = await open_tab(site)
        sent = await tab.ask(f"Photo finish {number}", model=model)
        hold.send("Almost there.")
        reply = await begun(tab, sent)
        hold.finish()
        await asyncio.sleep(number / 1000)
        await tab.stop(reply)
        assert (await tab.finished(sent)).status in ("complete", "stopped")
        assert await complaints(site, upstream, sent, tab) == []


async def test_stop_works_at_once_while_the_database_is_busy_for_2_s(site, upstream, model, open_tab):
    upstream.reply(["so far "] * 2000, pace=0.01)
    tab = await open_tab(site)
    sent = await tab.ask("Stop while it is busy", model=model)
    reply = await begun(tab, sent)
    with site.database.locked():
        begin = time.monotonic()
        await tab.stop(reply)
        await closed_at_once(upstream, begin)
        await asyncio.sleep(2)
    assert (await tab.finished(sent)).status == "stopped"
    assert await complaints(site, upstream, sent, tab) == []


@pytest.mark.seeds(short=1, full=5)
async def test_every_one_of_many_stops_at_random_moments_ends_its_answer(
    site, upstream, model, open_tab, seed
):
    for _ in range(10):
        upstream.reply(["so far "] * 400, pace=0.01)
    tabs = [await open_tab(site) for _ in range(10)]
    sent = [await tab.ask(f"Many stops {seed} {n}", model=model) for n, tab in enumerate(tabs)]

    async def stop(number: int, tab, each) -> None:
        reply = await tab.answer_to(each)
        await asyncio.sleep(number * seed % 11 / 10)
        await tab.stop(reply)
        assert (await tab.finished(each)).status == "stopped"

    await asyncio.gather(*(stop(n, tab, each) for n, (tab, each) in enumerate(zip(tabs, sent, strict=True))))
    for tab, each in zip(tabs, sent, strict=True):
        assert await complaints(site, upstream, each, tab) == []
