"""A database that a next release changes: at its start, and beside a site that runs."""

import asyncio
import sqlite3
from uuid import UUID

import psycopg
import pytest

from tests.faults.checker import complaints
from tests.faults.stored import stored_page
from tests.faults.topology import skip_where_missing
from tests.harness.database import Database
from tests.harness.engines import Postgres
from tests.harness.people import sign_in
from tests.harness.site import Site

NEXT = {"DJANGO_SETTINGS_MODULE": "tests.faults.nextrelease.settings"}


@pytest.fixture
def first(request, new_site):
    """A site that runs on SQLite, if the test does not say another database."""
    if getattr(request, "param", "SQLite") == "SQLite":
        yield new_site().start()
        return
    skip_where_missing()
    with Postgres() as postgres:
        site = new_site(DATABASE_URL=postgres.url).start()
        site.cookie = sign_in(site)
        yield site
        site.end()


@pytest.fixture
def following(first, upstream):
    """The next release of the same site, not yet started."""
    following = Site(first.home, upstream.base_url, **{**first.env, **NEXT})
    following.cookie = first.cookie
    yield following
    following.end()


async def answered(site, upstream, open_tab, words):
    """A question that was answered, and that nothing is wrong with."""
    upstream.reply(words)
    tab = await open_tab(site)
    sent = await tab.ask(f"Please say: {words}")
    assert (await tab.finished(sent)).text == words
    assert await complaints(site, upstream, sent, tab) == []
    return sent


async def test_a_start_applies_what_is_pending_and_loses_nothing(first, following, upstream, open_tab):
    before = await answered(first, upstream, open_tab, "Said before.")
    await asyncio.to_thread(first.end)
    await asyncio.to_thread(following.start)
    assert following.database.rows("SELECT stars FROM conversations_message") == [{"stars": 5}] * 2
    asked = "SELECT text FROM conversations_message WHERE uuid = ?"
    assert following.database.value(asked, UUID(before.uuid)) == before.text
    await answered(following, upstream, open_tab, "Said after.")


@pytest.mark.parametrize("first", ["SQLite", "PostgreSQL"], indirect=True)
async def test_an_answer_goes_on_while_another_process_changes_the_database(
    first, following, upstream, open_tab
):
    hold = upstream.hold()
    tab = await open_tab(first)
    sent = await tab.ask("What happens meanwhile?")
    hold.send("Before, ")
    reply = await tab.answer_to(sent)
    await tab.until(lambda: reply.text)
    await migrated(following)
    hold.send("after.")
    hold.finish()
    assert (await tab.finished(sent)).text == "Before, after."
    assert await complaints(first, upstream, sent, tab) == []
    await answered(first, upstream, open_tab, "On the older release.")
    assert not first.said("Traceback")


async def test_a_change_that_cannot_be_made_is_said_and_changes_nothing(first, following, upstream, open_tab):
    await answered(first, upstream, open_tab, "Said before.")
    first.database.write("ALTER TABLE conversations_message ADD COLUMN stars integer")
    starting = following.manage("serve", "127.0.0.1:0")
    said, _ = await asyncio.to_thread(starting.communicate, timeout=60)
    assert starting.returncode == 2 and "stars" in said and "Traceback" not in said, said
    await answered(first, upstream, open_tab, "Said after.")


LOG = 'SELECT completion_id, "offset", kind, text, at FROM {} ORDER BY id'
APPEND = (
    'INSERT INTO {} (completion_id, "offset", kind, text) SELECT id, 9, ?, ? FROM conversations_completion'
)
DELETE = """
from chatsite.conversations.models import Conversation
print(Conversation.objects.get(uuid="{}").delete())
"""


async def migrated(site, *target):
    migrating = site.manage("migrate", *target)
    said, _ = await asyncio.to_thread(migrating.communicate, timeout=60)
    assert migrating.returncode == 0, said


@pytest.mark.parametrize("first", ["SQLite", "PostgreSQL"], indirect=True)
async def test_the_log_of_an_earlier_release_is_kept_and_continued(first, upstream, open_tab):
    sent = await answered(first, upstream, open_tab, "As before.")
    await asyncio.to_thread(first.end)
    log = first.database.rows(LOG.format("conversations_logentry"))
    await migrated(first, "conversations", "0004_dropped_prompt")
    assert first.database.rows(LOG.format("conversations_delta")) == log != []
    first.database.write(APPEND.format("conversations_delta"), "reasoning", "Earlier.")
    earlier = first.database.rows(LOG.format("conversations_delta"))
    await asyncio.to_thread(first.start)
    assert first.database.rows(LOG.format("conversations_logentry")) == earlier
    await answered(first, upstream, open_tab, "And after.")
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
        first.database.write(APPEND.format("conversations_logentry"), "text", "Twice.")
    await asyncio.to_thread(first.shell, DELETE.format(sent.conversation))
    assert len(first.database.rows(LOG.format("conversations_logentry"))) == len(log)


async def test_an_answer_whose_cost_could_not_be_read_can_be_read_after_the_next_start(
    first, upstream, open_tab
):
    """Earlier releases stored it, in SQLite."""
    sent = await answered(first, upstream, open_tab, "Dear.")
    await asyncio.to_thread(first.end)
    await migrated(first, "conversations", "0002_initial")
    first.database.write("UPDATE conversations_completion SET cost = 2999997.5")
    await asyncio.to_thread(first.start)
    assert first.database.rows("SELECT cost FROM conversations_completion") == [{"cost": None}]
    tab = await open_tab(first, sent.conversation)
    await tab.until(lambda: tab.opened)
    assert await stored_page(first.url, first.cookie, sent.conversation)


SECRETS = 'SELECT "key", headers_json FROM providers_provider WHERE name = ?'
REVEAL = """
from chatsite.providers.models import Provider
provider = Provider.objects.get(name="Mine")
print(provider.key.reveal(), provider.headers)
"""


@pytest.mark.parametrize("first", ["SQLite", "PostgreSQL"], indirect=True)
async def test_keys_and_headers_of_an_earlier_release_are_encrypted(first, upstream):
    first.database.add_provider("Mine", upstream.base_url)
    await asyncio.to_thread(first.end)
    await migrated(first, "providers", "0004_bounds_of_times_and_prices")
    kept = "UPDATE providers_provider SET \"key\" = ?, headers = ? WHERE name = 'Mine'"
    first.database.write(kept, "sk-canary-1", '{"X-Token": "canary-2"}')
    await migrated(first)
    assert "canary" not in str(first.database.rows(SECRETS, "Mine"))
    revealed = " ".join(await asyncio.to_thread(first.shell, REVEAL))
    assert revealed == "sk-canary-1 {'X-Token': 'canary-2'}"
    if type(first.database) is Database:  # nor anywhere in SQLite's file
        await asyncio.to_thread(first.database.write, "PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"canary" not in first.database.path.read_bytes()


LEDGER = """
SELECT person_name, model, provider_name, answers, output_tokens, unreported FROM usage_usageday ORDER BY id
"""


@pytest.mark.parametrize("first", ["SQLite", "PostgreSQL"], indirect=True)
async def test_the_ledger_begins_with_the_answers_that_are_stored(first, upstream, open_tab):
    await answered(first, upstream, open_tab, "Once.")
    await answered(first, upstream, open_tab, "Twice.")
    await asyncio.to_thread(first.end)
    kept = first.database.rows(LEDGER)
    assert [row["answers"] for row in kept] == [2] and kept[0]["output_tokens"] > 0
    await migrated(first, "usage", "zero")
    await migrated(first)
    assert first.database.rows(LEDGER) == kept
    await asyncio.to_thread(first.start)
    await answered(first, upstream, open_tab, "And after.")
    assert [row["answers"] for row in first.database.rows(LEDGER)] == [3]
