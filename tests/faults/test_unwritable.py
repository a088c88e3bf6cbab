"""A SQLite file that a running site may read and not write, as when its disk has become read-only.

No permission, mount or file attribute takes writing from a process whose file is open; a limit of the process does:
with a largest file of no bytes the kernel refuses each of its writes to a file (EFBIG), and reads still work.
"""

import asyncio
import resource
from contextlib import contextmanager

import aiohttp
import pytest

from tests.faults.checker import complaints
from tests.faults.stored import stored_page
from tests.harness.waiting import wait_for

PAGES = [
    "/",
    "/conversations/",
    "/conversations/?q=said",
    "/conversations/?show=deleted",
    "/conversations/folders/",
    "/conversations/readers/",
    "/conversations/endings/",
    "/conversations/import/",
    "/conversations/{}/",
    "/conversations/{}/?find=said",
    "/conversations/{}/share/",
    "/conversations/export/",
    "/conversations/links/",
    "/accounts/password/",
    "/admin/",
    "/admin/prompts/systemprompt/",
    "/admin/usage/",
]
SECONDS = 3
# The lease of a run, and some.
LONG = 13


@contextmanager
def unwritable(site):
    """Meanwhile this site's process cannot write files."""
    _, hard = before = resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, before)


LONGER_THAN_A_MINUTE = 65


@pytest.mark.parametrize("seconds", [SECONDS, pytest.param(LONG, marks=pytest.mark.full)])
async def test_an_answer_is_whole_though_nothing_could_be_written_for_a_while(
    new_site, upstream, open_tab, seconds
):
    site = new_site().start()
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Can this be kept?")
    hold.send("Before. ")
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.text)
    with unwritable(site):
        hold.send("Meanwhile. ")
        await tab.until(lambda: reply.text == "Before. Meanwhile. ", 2)
        await asyncio.sleep(seconds)
        assert site.said("could not be written")
    hold.send("After.")
    hold.finish()
    assert (await tab.finished(sent)).text == "Before. Meanwhile. After."
    assert await complaints(site, upstream, sent, tab) == []
    assert tab.closes == []


async def test_an_answer_that_ends_meanwhile_is_saved_when_it_can_be(new_site, upstream, open_tab):
    site = new_site().start()
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Can its end be kept?")
    hold.send("All of it.")
    await tab.answer_to(sent)
    with unwritable(site):
        hold.finish()
        await asyncio.sleep(SECONDS)
    assert (await tab.finished(sent, 20)).status == "complete"
    assert await complaints(site, upstream, sent, tab) == []


async def test_a_message_that_cannot_be_saved_is_refused_in_a_sentence_and_reading_goes_on(
    new_site, upstream, open_tab
):
    site = new_site().start()
    tab = await open_tab(site)
    sent = await tab.ask("Said before")
    await tab.finished(sent)
    with unwritable(site):
        refused = await tab.ask("Is there room?")
        refusal = await tab.refused(refused, 25)
        assert refusal["code"] == "unavailable" and refusal["detail"].endswith(".")
        other = await open_tab(site, tab.conversation)
        await other.until(lambda: other.opened, 5)
    again = await tab.ask("And now?")
    assert (await tab.finished(again)).status == "complete"
    assert await complaints(site, upstream, again, tab) == []
    assert tab.closes == other.closes == []


async def test_every_page_is_read_though_nothing_can_be_written(new_site, upstream, open_tab):
    site = new_site().start()
    tab = await open_tab(site)
    sent = await tab.ask("Said before")
    await tab.finished(sent)
    # As if the answer had ended out of its reader's sight, and staff had read it.
    site.database.write("UPDATE conversations_conversation SET unread = 1, read_by_staff = created")
    async with aiohttp.ClientSession(headers={"Cookie": site.cookie}) as session:
        with unwritable(site):
            for path in PAGES:
                async with session.get(site.url + path.format(sent.conversation)) as response:
                    assert response.status == 200, path


@pytest.mark.parametrize("seconds", [LONG, pytest.param(LONGER_THAN_A_MINUTE, marks=pytest.mark.full)])
async def test_an_ended_answer_is_kept_until_it_can_be_saved_and_its_readers_know(
    new_site, upstream, open_tab, seconds
):
    site = new_site().start()
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Is all of it kept?")
    hold.send("Before. ")
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.text)
    with unwritable(site):
        hold.send("Meanwhile.")
        hold.finish()
        await asyncio.sleep(seconds)
        assert [error["code"] for error in tab.errors] == ["not_saved_yet"]
        assert "kept in memory" in tab.errors[0]["detail"]
    assert (await tab.finished(sent, 10)).text == "Before. Meanwhile."
    assert reply.status == "complete"
    loggers = [line.split()[3] for line in site.said(" ERROR ")]
    assert len(loggers) == len(set(loggers)), "each says once that it could not write"
    assert await complaints(site, upstream, sent, tab) == []


async def test_an_ended_answer_is_saved_when_the_site_is_stopped_meanwhile(new_site, upstream, open_tab):
    site = new_site().start()
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Is all of it kept?")
    hold.send("All of it.")
    await tab.answer_to(sent)
    with unwritable(site):
        hold.finish()
        await asyncio.sleep(SECONDS)
        site.terminate()
        await asyncio.sleep(1)
    assert await asyncio.to_thread(site.process.wait, 8) == 0
    stored = site.database.rows("SELECT status FROM conversations_completion")
    assert stored == [{"status": "complete"}]


async def test_a_crashed_answer_can_be_read_though_nothing_can_be_written(new_site, upstream, open_tab):
    site = new_site().start()
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Said before")
    hold.send("All of it.")
    hold.finish()
    await tab.finished(sent)
    # As its process would have left it.
    site.database.write("UPDATE conversations_completion SET status = 'streaming', finished = NULL")
    with unwritable(site):
        await asyncio.sleep(LONG)
        page = await stored_page(site.url, site.cookie, sent.conversation)
        assert [shown.status for shown in page.values()] == ["", "streaming"]
        other = await open_tab(site, sent.conversation)
        await other.until(lambda: other.opened, 5)
    ended = "SELECT status FROM conversations_completion WHERE status = 'interrupted'"
    await asyncio.to_thread(wait_for, lambda: site.database.rows(ended), "it is never ended", 10)
    assert other.closes == []
