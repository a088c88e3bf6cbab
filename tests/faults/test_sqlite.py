"""A SQLite file that is busy, full or read-only while people read."""

import asyncio
import os
import random
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.checker import complaints
from tests.faults.scripts import prose

STREAMS = 20
LOCKED_LONG = 30  # seconds
ROOM_FOR_THE_DATABASE = 1_000_000  # bytes


async def ask_many(site, upstream, open_tab, count: int, length: int, pace: float):
    """Tabs with an answer each, and what was sent from them; every answer has begun."""
    for number in range(count):
        upstream.reply(prose(random.Random(number), length), pace=pace)
    # One person may have 10 answers written at once.
    await asyncio.to_thread(site.people, count)
    tabs = [await open_tab(site, cookie=cookie) for cookie in site.cookies]
    sents = [await tab.ask(f"Stream {number}") for number, tab in enumerate(tabs)]
    for tab, sent in zip(tabs, sents, strict=True):
        reply = await tab.answer_to(sent)
        await tab.until(lambda reply=reply: reply.end)
    return list(zip(tabs, sents, strict=True))


@pytest.mark.parametrize("seconds", [pytest.param(0, marks=pytest.mark.full), 3])
async def test_20_answers_are_whole_though_the_database_is_locked_for(new_site, upstream, open_tab, seconds):
    """The site waits up to 20 s for a lock, so this is nobody's failure."""
    site = new_site().start()
    streams = await ask_many(site, upstream, open_tab, STREAMS, 700, 0.02)
    with site.database.locked():
        late = await open_tab(site)
        asked = await late.ask("Sent while it was locked")
        await asyncio.sleep(seconds)
    for tab, sent in [*streams, (late, asked)]:
        await whole(site, upstream, tab, sent)
        assert tab.errors == tab.closes == []
    assert site.said("database is locked") == []


async def whole(site, upstream, tab, sent) -> None:
    assert (await tab.finished(sent, 40)).status == "complete"
    assert await complaints(site, upstream, sent, tab) == []


@pytest.mark.full
async def test_20_answers_are_whole_though_the_database_is_locked_for_longer_than_it_is_waited_for(
    new_site, upstream, open_tab
):
    site = new_site().start()
    streams = await ask_many(site, upstream, open_tab, STREAMS, 700, 0.02)
    with site.database.locked():
        late = await open_tab(site)
        asked = await late.ask("Sent while it was locked")
        await asyncio.sleep(LOCKED_LONG)
    for tab, sent in streams:
        await whole(site, upstream, tab, sent)
    assert (await late.refused(asked, 10))["code"] == "unavailable"
    await whole(site, upstream, late, await late.ask("Sent again"))


@pytest.mark.full
async def test_an_answer_is_not_called_interrupted_by_the_site_that_writes_it(new_site, upstream, open_tab):
    """However long the database is busy: its owner lives."""
    site = new_site().start()
    hold = upstream.hold()
    tab = await open_tab(site)
    sent = await tab.ask("Busy for longer than a lease")
    reply = await tab.answer_to(sent)
    with site.database.locked():
        other = await open_tab(site, tab.conversation)
        await asyncio.sleep(13)
        hold.send("Shown while it was busy.")
        await tab.until(lambda: reply.text)
        await asyncio.sleep(2)
    await asyncio.sleep(2)
    hold.finish()
    assert (await tab.finished(sent, 20)).status == "complete"
    await other.until(lambda: other.reply(sent) or other.answers, 5)
    assert await complaints(site, upstream, sent, tab) == []


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 12 MiB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(folder)], capture_output=True, text=True
    )
    assert mounting.returncode == 0, f"A small disk needs the right to mount one: {mounting.stderr}"
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


@pytest.mark.full
async def test_answers_that_meet_a_full_disk_are_saved_once_there_is_room_again(
    new_site, upstream, open_tab, small_disk
):
    site = new_site(small_disk / "home").start()
    streams = await ask_many(site, upstream, open_tab, 3, 600, 0.02)
    filler = fill(small_disk)
    await asyncio.to_thread(upstream.ended, 3, timeout=20)
    await asyncio.sleep(0.3)
    filler.unlink()
    for tab, sent in streams:
        assert (await tab.finished(sent, 20)).status == "complete"
        assert await complaints(site, upstream, sent, tab) == []


@pytest.mark.full
async def test_a_message_sent_while_the_disk_is_full_is_refused_in_a_sentence_or_sent_later(
    new_site, upstream, open_tab, small_disk
):
    site = new_site(small_disk / "home").start()
    tab = await open_tab(site)
    await tab.until(lambda: tab.opened)
    filler = fill(small_disk)
    sent = await tab.ask("No room for this")
    await asyncio.sleep(3)
    filler.unlink()
    outcome = await tab.until(
        lambda: (reply := tab.reply(sent)) and reply.is_over and reply or tab.refusal(sent)
    )
    if isinstance(outcome, dict):
        assert outcome["code"] == "unavailable" and outcome["detail"].endswith(".")
        sent = await tab.ask("Now there is room")
        await tab.finished(sent)
    assert await complaints(site, upstream, sent, tab) == []
    assert 1011 not in tab.closes, "the site failed instead of saying what is wrong"


@pytest.mark.full
async def test_an_answer_that_meets_a_disk_that_stays_full_is_kept_and_its_readers_know(
    new_site, upstream, open_tab, small_disk
):
    site = new_site(small_disk / "home").start()
    ((tab, sent),) = await ask_many(site, upstream, open_tab, 1, 300, 0.02)
    filler = fill(small_disk)
    await tab.until(lambda: any(error["code"] == "not_saved_yet" for error in tab.errors), 60)
    await asyncio.sleep(60)
    filler.unlink()
    await whole(site, upstream, tab, sent)


@contextmanager
def read_only(file: Path):
    """Nobody may write this file; root, whom no permission stops, is stopped by a mount."""
    if os.geteuid():
        file.chmod(0o444)
        yield
        return
    subprocess.run(["mount", "--bind", str(file), str(file)], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(file)], check=True)
    yield
    subprocess.run(["umount", "-l", str(file)], check=True)


def test_a_read_only_database_is_said_at_the_start(new_site):
    site = new_site()
    with read_only(site.home / "chatsite.sqlite3"):
        process = site.manage("serve", "127.0.0.1:0")
        try:
            said, _ = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    assert process.returncode == 2, said
    (sentence,) = said.strip().splitlines()
    assert "chatsite.sqlite3 is on a file system that is read-only." in sentence or "by this user" in sentence


@pytest.mark.full
def test_a_full_disk_that_static_files_meet_is_said_at_the_start(new_site, small_disk):
    site = new_site(small_disk / "home")
    shutil.rmtree(site.home / "static")
    filler = fill(small_disk)
    os.truncate(filler, filler.stat().st_size - ROOM_FOR_THE_DATABASE)
    process = site.manage("serve", "127.0.0.1:0")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2, said
    (sentence,) = said.strip().splitlines()
    assert str(site.home) in sentence and "No space left on device" in sentence
