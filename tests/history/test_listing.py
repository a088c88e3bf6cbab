"""The list of a person's conversations: its order, its parts, its days, and the search in titles."""

from datetime import timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from chatsite.conversations.models import Conversation


def test_the_history_lists_only_ones_own_newest_first(page, alice, bob):
    for days, owner, title in ((0, alice, "New"), (1, alice, "Older"), (0, bob, "Bob's")):
        Conversation.objects.create(owner=owner, title=title, updated=timezone.now() - timedelta(days=days))
    groups = page("history").context["groups"]
    assert [(label, [found.title for found in part]) for label, part in groups] == [
        ("Today", ["New"]),
        ("Yesterday", ["Older"]),
    ]


def test_the_list_loads_on_to_the_very_first_conversation(page, alice):
    same = timezone.now()
    for number in range(95):
        Conversation.objects.create(owner=alice, title=f"Number {number}", updated=same)
    response, titles = page("history"), []
    while True:
        titles += [found.title for _, part in response.context["groups"] for found in part]
        if not response.context["older"]:
            break
        response = page("list", **dict(parse_qsl(response.context["older"][1:])))
    assert len(titles) == len(set(titles)) == 95


def test_the_list_beside_an_older_part_begins_with_the_newest(page, alice):
    for number in range(45):
        Conversation.objects.create(
            owner=alice, title=f"Number {number}", updated=timezone.now() - timedelta(days=number)
        )
    older = dict(parse_qsl(page("history").context["older"][1:]))
    html = page("history", **older).content.decode()
    beside, main = html.split("<main", 1)
    assert "Number 0<" in beside and "Number 44<" not in beside
    assert "Number 44<" in main and "Number 0<" not in main


@pytest.mark.parametrize(
    "before",
    [
        "nonsense",
        "2026-01-01_5",
        "2026-13-45T00:00:00+00:00_5",
        "_",
        "0001-01-01T00:00:00+14:00_1",
        "9999-12-31T23:59:59-14:00_1",
        "2026-01-01T00:00:00+00:00_" + "5" * 5000,
    ],
)
def test_a_place_that_is_none_begins_at_the_top(page, conversation, before):
    assert page("history", before=before).context["groups"]


def test_titles_are_searched_by_every_word(page, alice):
    for title in ("Cooling a server room", "Room for a café", "Lisbon"):
        Conversation.objects.create(owner=alice, title=title)
    found = page("list", q="ROOM server").context["groups"]
    assert [conversation.title for _, part in found for conversation in part] == ["Cooling a server room"]


@pytest.mark.parametrize("query", ["word " * 4000, "x" * 100_000, "a\0b", "% _ \\ ' [ (", "\ud83d"])
def test_any_query_is_answered(page, conversation, query):
    assert page("list", q=query.encode("utf-8", "surrogatepass")).status_code == 200


def test_days_are_those_of_the_browsers_time_zone(page, client, alice):
    """Of two zones, the day is younger in one: half an hour before it began there is still today in the other."""
    local = [timezone.now().astimezone(ZoneInfo(zone)) for zone in ("Pacific/Kiritimati", "Etc/UTC")]
    young, old = sorted(local, key=lambda now: now.time())
    midnight = young.replace(hour=0, minute=0, second=0, microsecond=0)
    Conversation.objects.create(owner=alice, updated=midnight - timedelta(minutes=30))
    for now, label in ((young, "Yesterday"), (old, "Today")):
        client.cookies["timezone"] = now.tzinfo.key
        assert [found for found, _ in page("history").context["groups"]] == [label]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "America", "", "/", r'"a\000b"'])
def test_a_cookie_that_names_no_time_zone_is_passed_over(page, client, conversation, zone):
    """As a browser sends it: Python's own cookies refuse some of these."""
    session = client.cookies.output(attrs=[], header="").strip()
    client.defaults["HTTP_COOKIE"] = f"{session}; timezone={zone}"
    assert [label for label, _ in page("history").context["groups"]] == ["Today"]


def test_pinned_ones_come_first_and_archived_ones_not_at_all(page, alice):
    for days, title, flags in (
        (0, "New", {}),
        (9, "Pinned", {"pinned": True}),
        (1, "Away", {"archived": True}),
    ):
        moment = timezone.now() - timedelta(days=days)
        Conversation.objects.create(owner=alice, title=title, updated=moment, **flags)
    groups = page("history").context["groups"]
    assert [(label, [found.title for found in part]) for label, part in groups] == [
        ("Pinned", ["Pinned"]),
        ("Today", ["New"]),
    ]


def test_the_list_loads_on_from_many_pinned_ones(page, alice):
    for number in range(95):
        Conversation.objects.create(owner=alice, title=f"Number {number}", pinned=number % 2 == 0)
    response, titles = page("history"), []
    while True:
        titles += [found.title for _, part in response.context["groups"] for found in part]
        if not response.context["older"]:
            break
        response = page("list", **dict(parse_qsl(response.context["older"][1:])))
    assert len(titles) == len(set(titles)) == 95
