"""Notices about limits on open pages, which are not loaded again."""

from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from chatsite.chat.changes import CHANGES
from chatsite.chat.queries import limits_of
from chatsite.conversations.models import Outcome, Status
from chatsite.conversations.quotas import SITE_LIMITS
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.usage.models import Limit
from tests.upstream import delta, done, finish, usage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_limits_known")]


async def ask(page, upstream, tokens: int) -> None:
    upstream.reply(chunks=[delta("Hi."), finish(), usage(tokens, 0), done()])
    await page.ask("Hello?")
    await page.until("reply.finished", status="complete")


async def notice(page, start: str) -> str:
    while not (sentence := (await page.until("limits.changed"))["notice"]).startswith(start):
        pass
    return sentence


async def test_all_pages_are_notified_at_80_per_cent_and_when_nothing_is_left(
    alice, limit, provider, upstream, open_page
):
    pages = [await open_page(alice), await open_page(alice), await open_page(alice, path="/ws/me/")]
    await ask(pages[0], upstream, 79)
    await ask(pages[0], upstream, 1)
    for page in pages:
        assert "They start again on" in await notice(page, "80 of your 100 tokens of this month are used.")
    await ask(pages[0], upstream, 20)
    for page in pages:
        assert "They start again on" in await notice(page, "Your 100 tokens of this month are used up.")
    await pages[0].ask("Again?")
    assert (await pages[0].until("error"))["code"] == "used_up"


async def test_nobody_else_is_told(alice, mallory, limit, provider, upstream, open_page):
    theirs, page = await open_page(mallory), await open_page(alice)
    await ask(page, upstream, 90)
    await notice(page, "90 of your 100")
    assert await theirs.communicator.receive_nothing(timeout=0.3)


async def test_a_page_is_told_of_what_another_process_has_used(alice, limit, provider, open_page):
    page = await open_page(alice, path="/ws/me/")
    await used_elsewhere(alice, 85)
    await notice(page, "85 of your 100 tokens")


@database_sync_to_async
def used_elsewhere(user, tokens: int) -> None:
    completion = create_message(user, uuid4(), NewMessage(uuid4(), "Hello?")).completion
    assert completion.finish(Outcome(Status.COMPLETE, text="Hi.", prompt_tokens=tokens, completion_tokens=0))


@pytest.mark.parametrize("change", ["raise", "delete", "give more"])
async def test_the_line_goes_when_an_admin_allows_more(alice, limit, provider, upstream, open_page, change):
    page = await open_page(alice)
    await ask(page, upstream, 90)
    await notice(page, "90 of your 100")
    admin = AsyncClient()
    await admin.aforce_login(await User.objects.acreate(username="root", is_staff=True, is_superuser=True))
    path, fields = {
        "raise": (f"limit/{limit.pk}/change/", {"person": "", "tokens_a_month": 1000}),
        "delete": (f"limit/{limit.pk}/delete/", {"post": "yes"}),
        "give more": ("extra/add/", {"person": "alice", "tokens": 900, "cost": 0, "note": "The fair."}),
    }[change]
    assert (await admin.post(f"/admin/usage/{path}", fields)).status_code == 302
    assert (await page.until("limits.changed"))["notice"] == ""


async def test_a_limit_that_is_set_is_told_at_once_to_who_has_used_that_much(
    alice, provider, upstream, open_page
):
    page = await open_page(alice)
    await ask(page, upstream, 90)
    await database_sync_to_async(Limit.objects.create)(tokens_a_month=100)
    await CHANGES.limits_changed()
    await notice(page, "90 of your 100")


async def test_a_site_without_limits_sends_nothing_and_asks_for_nothing(alice, provider, upstream, open_page):
    page = await open_page(alice)
    await ask(page, upstream, 90)
    await page.until("conversation.changed", answering=False)
    SITE_LIMITS.learned(False)
    assert await asked(alice) == (None, 0)
    assert await page.communicator.receive_nothing(timeout=0.3)


@database_sync_to_async
def asked(user) -> tuple[str | None, int]:
    """The notice that a person gets when an answer has ended, and the number of statements for it."""
    with CaptureQueriesContext(connection) as queries:
        return limits_of.func(user), len(queries)
