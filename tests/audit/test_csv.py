"""The events as a CSV file, which is read from the database while it is sent."""

import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.test import AsyncClient

from chatsite.audit.admin import ROWS_AT_ONCE
from chatsite.audit.csv_files import cell
from chatsite.audit.models import Event
from chatsite.audit.parts import in_parts
from chatsite.audit.recording import record

pytestmark = pytest.mark.django_db(transaction=True)


async def rows(user, query: str = "") -> list[list[str]]:
    """The rows of the file, the first one with the names of the columns."""
    browser = AsyncClient()
    await browser.aforce_login(user)
    response = await browser.get(f"/admin/audit/event/csv/?{query}")
    text = b"".join([piece async for piece in response]).decode()
    return list(csv.reader(io.StringIO(text)))


@pytest.fixture
def many(transactional_db) -> list[Event]:
    """More events than are read at once, by three people in turns."""
    events = [
        Event(actor_name=f"person {n % 3}", verb="added", target_id=n) for n in range(2 * ROWS_AT_ONCE + 5)
    ]
    return Event.objects.bulk_create(events)


@pytest.fixture
def two(transactional_db):
    record("added", Group(pk=1, name="Alpha"), after={"name": "ä"})
    record("deleted", Group(pk=2, name="=HYPERLINK(1)"), reason="second")


async def test_the_file_has_exactly_what_is_shown(two, admin_user):
    _, only = await rows(admin_user, "verb=deleted")
    assert only[1:] == ["command line", "deleted", "group", "'=HYPERLINK(1)", "", "second", ""]
    assert any("ä" in changes for *_, changes, _, _ in await rows(admin_user))


async def test_kinds_are_words(admin_user, two):
    assert {kind for _, _, _, kind, *_ in await rows(admin_user, "target_type=auth.group")} == {
        "kind",
        "group",
    }


async def test_of_many_events_each_comes_once_the_newest_first(many, admin_user):
    _, *found = await rows(admin_user, "verb=added")
    times = [at for at, *_ in found]
    assert len(found) == len(many) and times == sorted(times, reverse=True)


async def test_many_events_come_in_the_order_of_the_page(many, admin_user):
    _, *found = await rows(admin_user, "verb=added&o=1")
    assert [who for _, who, *_ in found] == sorted(each.actor_name for each in many)


@pytest.mark.parametrize("ordering", [["-at", "-pk"], ["actor_name", "-pk"], ["-actor_name", "at", "pk"]])
def test_parts_joined_are_the_whole_in_its_order(many, ordering):
    whole = list(Event.objects.order_by(*ordering))
    assert list(in_parts(Event.objects.all(), ordering, 100)) == whole


def test_only_one_part_is_read_before_the_first_row(many, django_assert_num_queries):
    with django_assert_num_queries(1):
        next(in_parts(Event.objects.all(), ["-at", "-pk"], 2))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_is_a_formula(text):
    assert cell(text).startswith("'")
    assert cell("a=1") == "a=1" and cell(None) == ""
