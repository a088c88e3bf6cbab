"""Model servers that fail. All of it happens at once beforehand; each test then looks at one promise of one fault."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.faults.checker import complaints
from tests.faults.stored import messages
from tests.faults.wrongs import WRONGS, Wrong
from tests.harness.protocol import create_reply
from tests.harness.tab import Tab
from tests.upstream import UpstreamThread


@dataclass
class Failure:
    """What came of one fault."""

    status: str
    text: str
    sentence: str
    shown: str  # the words around the answer
    wrong: list[str]
    retried: str
    errors: list[dict]


@pytest.fixture(scope="module")
def failures(first_site):
    # Each is asked by a person of their own: one person may have 10 answers written at once.
    first_site.people(len(WRONGS))

    async def work():
        cases = zip(first_site.cookies, WRONGS.items(), strict=True)
        return await asyncio.gather(*(fail(first_site, cookie, *case) for cookie, case in cases))

    return dict(zip(WRONGS, asyncio.run(work()), strict=True))


@pytest.fixture(params=WRONGS)
def failure(request, failures, site):
    return failures[request.param]


async def fail(site, cookie: str, name: str, wrong: Wrong) -> Failure:
    """Ask a model whose server does this wrong; then ask it again, when it is well."""
    with ExitStack() as stack:
        upstream = stack.enter_context(UpstreamThread())
        wrong.script(upstream)
        model = site.database.add_provider(f"wrong: {name}", upstream.base_url, **wrong.limits)
        async with Tab(site.url, cookie) as tab:
            sent = await tab.ask(f"What about {name}?", model=model)
            reply = await tab.finished(sent, 40)
            shown = messages(reply.finished["html"])[reply.message].words
            error = reply.finished["error"] or {"detail": ""}
            found = await complaints(site, upstream, sent, tab, calls=wrong.calls)
            text, status = reply.text, reply.status
            upstream.forget()
            again = await retry(tab, sent, reply)
            return Failure(status, text, error["detail"], shown, found, again.status, tab.errors)


async def retry(tab: Tab, sent, reply):
    await tab.send(**create_reply(sent.uuid))
    return await tab.until(lambda: (newest := tab.reply(sent)) is not reply and newest.is_over and newest, 40)


def test_a_server_that_fails_ends_the_answer_as_failed(failure):
    assert failure.status == "failed"
    assert failure.errors == []


def test_the_text_that_came_before_it_failed_is_kept(failure, request):
    assert failure.text == WRONGS[request.node.callspec.params["failure"]].kept
    assert failure.wrong == []


def test_the_failure_is_shown_in_a_sentence(failure):
    assert 15 <= len(failure.sentence) <= 600
    assert failure.sentence[0].isupper() and failure.sentence[-1] in ".!?”"
    assert "Traceback" not in failure.sentence and "<" not in failure.sentence
    assert failure.sentence in failure.shown


def test_an_answer_that_failed_can_be_asked_for_again(failure):
    assert failure.retried == "complete"
