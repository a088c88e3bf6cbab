"""kill -9 at random moments: all kills are done beforehand, and each test looks at one promise of one kill."""

import asyncio
import os
import random
import time
from collections import deque
from dataclasses import dataclass, field

import pytest

from tests.faults.checker import complaints
from tests.faults.conftest import cases, form
from tests.faults.scripts import prose
from tests.faults.silence import Silence
from tests.harness.protocol import create_reply
from tests.harness.tab import Sent, Tab
from tests.upstream import UpstreamThread

SITES_AT_ONCE = 10
# How many kills of each kind: in the middle of an answer, around the saving of a message, before upstream takes it.
SEEDS = {"short": {"mid": 2, "sending": 1, "silent": 1}, "full": {"mid": 50, "sending": 20, "silent": 3}}


@dataclass
class Kill:
    """What came of one kill -9."""

    status: str = ""
    ended_after: float = float("inf")  # seconds from being ready again to the run's end
    shown: int = 0  # characters that the tab had been shown a second before
    shown_status: str = "nothing"  # the state that the untouched tab shows in the end
    wrong: list[str] = field(default_factory=list)
    retried: str = ""


def pytest_generate_tests(metafunc):
    if "kill" in metafunc.fixturenames:
        seeds = SEEDS[form(metafunc.config)]
        wanted = int(os.environ.get("FAULT_SEEDS", 0))
        plan = [(kind, seed) for kind, n in seeds.items() for seed in range(1, (wanted or n) + 1)]
        metafunc.parametrize("kill", plan, indirect=True, ids=lambda case: f"{case[0]}-seed={case[1]}")


async def kill_all(stock, folder, planned) -> dict[tuple[str, int], Kill]:
    """Every planned kill, done on a few sites side by side."""
    plan = deque(planned)
    done: dict[tuple[str, int], Kill] = {}

    async def worker(number: int) -> None:
        with UpstreamThread() as upstream:
            site = stock.site(folder / str(number), upstream)
            await asyncio.to_thread(site.start)
            try:
                while plan:
                    case = plan.popleft()
                    done[case] = await kill_once(site, upstream, *case)
            finally:
                await asyncio.to_thread(site.end)

    await asyncio.gather(*(worker(number) for number in range(min(SITES_AT_ONCE, len(plan)))))
    return done


@pytest.fixture(scope="module")
def kills(request, stock, tmp_path_factory):
    return asyncio.run(kill_all(stock, tmp_path_factory.mktemp("kills"), cases(request, "kill")))


@pytest.fixture
def kill(request, kills):
    return kills[request.param]


async def kill_once(site, upstream, kind: str, seed: int) -> Kill:
    """Ask, kill at a moment of this kind, start again, and wait for the end."""
    rng = random.Random(f"{kind} {seed}")
    kill = Kill()
    with Silence() as silence:
        choice = (
            {"model": site.database.add_provider(f"silent-{seed}", silence.base_url)}
            if kind == "silent"
            else {}
        )
        upstream.reply(prose(rng, 200 if kind == "sending" else 2000), pace=0.02)
        async with Tab(site.url, site.cookie) as tab:
            await tab.until(lambda: tab.opened)
            sent = await tab.ask(f"{kind} {seed}", **choice)
            await moment(kind, rng, tab, sent, silence)
            killed_at = time.monotonic()
            site.kill()
            site.database.write("UPDATE providers_provider SET enabled = 0 WHERE name LIKE 'silent%'")
            await asyncio.to_thread(site.start)
            await look(kill, site, upstream, tab, sent, killed_at, kind)
    return kill


async def moment(kind: str, rng: random.Random, tab: Tab, sent: Sent, silence: Silence) -> None:
    """Wait for the moment to kill."""
    if kind == "mid":
        reply = await tab.answer_to(sent)
        await tab.until(lambda: reply.end)
        await asyncio.sleep(rng.uniform(0, 4))
    elif kind == "silent":
        await tab.answer_to(sent)
        await asyncio.to_thread(silence.wait)
    else:
        await asyncio.sleep(rng.uniform(0, 0.06))


async def look(kill: Kill, site, upstream, tab: Tab, sent: Sent, killed_at: float, kind: str) -> None:
    """What is so after the restart."""
    ready_at = time.monotonic()
    try:
        reply = await tab.finished(sent, 20)
    except AssertionError as error:
        kill.wrong = [str(error)]
        return
    kill.ended_after = reply.finished_at - ready_at
    kill.status = kill.shown_status = reply.status
    kill.shown = reply.shown_at(killed_at - 1)
    calls = {"mid": (1,), "silent": (0,), "sending": (0, 1)}[kind]
    kill.wrong = await complaints(site, upstream, sent, tab, calls=calls, killed_at=killed_at)
    # The silent provider's model is not offered any more, so another one has to be chosen.
    await tab.send(**create_reply(sent.uuid, model="test-model"))
    again = await tab.until(
        lambda: (newest := tab.reply(sent)) is not reply and newest.finished and newest, 40
    )
    kill.retried = again.status


def test_what_was_shown_a_second_before_a_kill_is_kept_and_the_rest_is_true(kill):
    assert kill.wrong == []


def test_an_answer_that_was_killed_has_ended_15_s_after_the_restart(kill):
    assert kill.ended_after <= 15


def test_a_killed_answer_says_that_it_was_interrupted(kill, request):
    kind = request.node.callspec.params["kill"][0]
    # Killed before it was saved, the message is sent again by the tab and answered as usual.
    assert (
        kill.status
        in {"mid": ["interrupted"], "silent": ["interrupted"], "sending": ["interrupted", "complete"]}[kind]
    )


def test_a_killed_answer_can_be_asked_for_again(kill):
    assert kill.retried == "complete"
