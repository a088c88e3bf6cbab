"""The list of a person's conversations: its order, its parts, its days, and the search in titles."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chatsite.conversations.models import Conversation
from chatsite.history import listing


def test_the_history_lists_only_ones_own_newest_first(page, alice, bob):
    for days, owner, title in ((0, alice, "New"), (1, alice, "Older"), (0, bob, "Bob's")):
        Conversation.objects.create(owner=owner, title=title, updated=timezone.now() - timedelta(days=days))
    groups = page("history").context["groups"]
    assert [(group.label, [found.title for found in group.conversations]) for group in groups] == [
        ("Today", ["New"]),
        ("Yesterday", ["Older"]),
    ]


def test_the_list_loads_on_to_the_very_first_conversation(page, alice):
    same = timezone.now()
    for number in range(95):
        Conversation.objects.create(owner=alice, title=f"Number {number}", updated=same)
    titles = [title for part in parts(page) for title in part]
    assert len(titles) == len(set(titles)) == 95


def test_conversations_of_the_same_time_are_each_listed_once_in_either_database(database, client):
    """As after an import; some have times of their own, before and after."""
    alice, now = User.objects.create_user("alice"), timezone.now()
    client.force_login(alice)
    Conversation.objects.bulk_create(
        Conversation(owner=alice, title=str(n), updated=now + timedelta(hours=n // 60)) for n in range(200)
    )
    found = list(parts(lambda name, **query: client.get(reverse(f"conversations:{name}"), query)))
    titles = [int(title) for part in found for title in part]
    assert titles == sorted(range(200), key=lambda n: (-(n // 60), n))
    assert [len(part) for part in found] == [40] * 5


def test_one_that_moves_up_meanwhile_is_not_in_the_next_part_and_nothing_is_left_out(page, alice):
    for number in range(80):
        updated = timezone.now() - timedelta(hours=number)
        Conversation.objects.create(owner=alice, title=str(number), updated=updated)
    first = page("history")
    Conversation.objects.filter(title__in=("30", "60")).update(updated=timezone.now())
    Conversation.objects.filter(title="39").delete()
    assert titles_of(next_part(page, first)) == [str(n) for n in range(40, 80) if n != 60]


def test_a_part_is_as_long_as_asked_within_bounds(page, alice):
    Conversation.objects.bulk_create(Conversation(owner=alice, title=str(n)) for n in range(210))
    for count, listed in (("90", 90), ("1000", 200), ("0", 1), ("-1", 40), ("x", 40), ("9" * 5000, 40)):
        assert len(titles_of(page("entries", count=count))) == listed


def queries_of(client, name: str, **query) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(f"conversations:{name}"), query).status_code == 200
    return len(captured)


def test_a_part_takes_the_same_few_queries_at_any_size_of_the_store(database, client):
    few, many = (User.objects.create_user(name) for name in ("few", "many"))
    now = timezone.now()
    for owner, count in ((few, 5), (many, 3000)):
        Conversation.objects.bulk_create(
            Conversation(owner=owner, title=f"{n}", updated=now - timedelta(minutes=n)) for n in range(count)
        )
    middle = f"{(now - timedelta(minutes=1500)).isoformat()}_0"
    counts = {}
    for person in (few, many):
        client.force_login(person)
        client.get(reverse("conversations:history"))
        counts[person.username] = [
            queries_of(client, "history"),
            queries_of(client, "history", before=middle),
            queries_of(client, "entries", before=middle),
            queries_of(client, "list", before=middle),
        ]
    assert counts["few"] == counts["many"] == [6, 6, 3, 3]


def test_no_part_sorts_what_follows_it(alice):
    """One range of an index has them in their order."""
    own = Conversation.objects.of(alice).listed().with_answering()
    for part in (own.pinned_first(), own.after_pinned(False, timezone.now(), 1)):
        assert "TEMP B-TREE" not in part[:41].explain()


def parts(page):
    """The titles of each part, as a reader loads one after the other."""
    part = page("history")
    while part:
        yield titles_of(part)
        part = next_part(page, part)


def next_part(page, part):
    older = part.context["older"]
    return page("entries", **dict(parse_qsl(older[1:]))) if older else None


def titles_of(part) -> list[str]:
    return [found.title for group in part.context["groups"] for found in group.conversations]


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
    assert titles_of(page("list", q="ROOM server")) == ["Cooling a server room"]


@pytest.mark.parametrize("query", ["word " * 4000, "x" * 100_000, "a\0b", "% _ \\ ' [ (", "\ud83d"])
def test_any_query_is_answered(page, conversation, query):
    assert page("list", q=query.encode("utf-8", "surrogatepass")).status_code == 200


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (-1, "Today"),
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Wednesday"),
        (6, "Saturday"),
        (7, "20 November"),
        (330, "1 January"),
        (331, "31 December 2025"),
    ],
)
def test_a_day_is_named_as_a_reader_would(days, label):
    today = date(2026, 11, 27)
    assert listing._label(today - timedelta(days=days), today) == label


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Previous 7 days"),
        (6, "Previous 7 days"),
        (7, "November"),
        (330, "January"),
        (331, "December 2025"),
    ],
)
def test_the_sidebar_names_older_days_together(days, period):
    today = date(2026, 11, 27)
    assert listing._period(today - timedelta(days=days), today) == period


def test_the_sidebar_shows_the_heading_that_days_share_once(page, alice):
    for days in (400, 401, 402):
        moment = timezone.now().replace(day=15) - timedelta(days=days)
        Conversation.objects.create(owner=alice, updated=moment)
    heads = re.findall(r"<h2( hidden)?>(.*)</h2>", page("list").content.decode())
    assert [hidden for hidden, _ in heads] == ["", " hidden", " hidden"]
    assert len({period for _, period in heads}) == 1


def test_days_are_those_of_the_browsers_time_zone(page, client, alice):
    """Of two zones, the day is younger in one: half an hour before it began there is still today in the other."""
    local = [timezone.now().astimezone(ZoneInfo(zone)) for zone in ("Pacific/Kiritimati", "Etc/UTC")]
    young, old = sorted(local, key=lambda now: now.time())
    midnight = young.replace(hour=0, minute=0, second=0, microsecond=0)
    Conversation.objects.create(owner=alice, updated=midnight - timedelta(minutes=30))
    for now, label in ((young, "Yesterday"), (old, "Today")):
        client.cookies["timezone"] = now.tzinfo.key
        assert [group.label for group in page("history").context["groups"]] == [label]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "America", "", "/", r'"a\000b"'])
def test_a_cookie_that_names_no_time_zone_is_passed_over(page, client, conversation, zone):
    """As a browser sends it: Python's own cookies refuse some of these."""
    session = client.cookies.output(attrs=[], header="").strip()
    client.defaults["HTTP_COOKIE"] = f"{session}; timezone={zone}"
    assert [group.label for group in page("history").context["groups"]] == ["Today"]


def test_pinned_ones_come_first_and_archived_ones_not_at_all(page, alice):
    for days, title, flags in (
        (0, "New", {}),
        (9, "Pinned", {"pinned": True}),
        (1, "Away", {"archived": True}),
    ):
        moment = timezone.now() - timedelta(days=days)
        Conversation.objects.create(owner=alice, title=title, updated=moment, **flags)
    groups = page("history").context["groups"]
    assert [(group.label, [found.title for found in group.conversations]) for group in groups] == [
        ("Pinned", ["Pinned"]),
        ("Today", ["New"]),
    ]


def test_the_list_loads_on_from_many_pinned_ones(page, alice):
    for number in range(95):
        Conversation.objects.create(owner=alice, title=f"Number {number}", pinned=number % 2 == 0)
    titles = [title for part in parts(page) for title in part]
    assert len(titles) == len(set(titles)) == 95
