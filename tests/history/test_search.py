"""A person's search: what it finds, in which order, and what nobody else's does."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatsite.conversations.models import Completion, Conversation, Message, Status
from chatsite.history.search import postgresql_queries
from chatsite.history.search.query import read
from chatsite.history.search.results import PAGE, find
from tests.history.searches import conversation, plain, said, titles


@pytest.fixture
def alice(database) -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def mallory(database) -> User:
    return User.objects.create_user("mallory")


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("The bean soup is hot.", "SOUP bean"),
        ("The bean soup is hot.", '"bean soup"'),
        ("The bean soup is hot.", "bea*"),
        ("The bean soup is hot.", '"soup is ho"*'),
        ("The bean soup is hot.", "soup -cold"),
        ("Ёжик в тумане", "ежик"),
        ("Прекрасная погода", "прекрасн*"),
        ("Die Straße nach Łódź", "strasse lodz"),
        ("今天我们做豆腐汤", "豆腐"),
        ("今天我们做豆腐汤", "做豆腐汤"),
        ("今天我们做豆腐汤", "汤"),
        ("今天我们做豆腐汤", "腐"),
        ("重跑gen-itgc后50条", "gen 50条"),
        ("오늘 날씨가 좋다", "날씨"),
        ("हिन्दी में लिखो", "हिन्दी"),
        ("See src/config.py for it", "config.py"),
        ("Set _ in snake_case _ names", "snake case -camel"),
    ],
)
def test_a_search_finds(alice, text, typed):
    conversation(alice, "Something else entirely", text)
    assert said(alice, typed) == [text]


@pytest.mark.parametrize(
    "typed",
    [
        "cold",
        '"soup bean"',
        "soup -hot",
        "be",
        "oup",
        "豆汤",
        "bean title",
        "soup before:2020",
        "model:gpt soup",
    ],
)
def test_a_search_does_not_find(alice, typed):
    conversation(alice, "The bean soup is hot.", "豆腐汤", title="Title")
    assert said(alice, typed) == []


def test_nobody_finds_what_others_said(alice, mallory):
    conversation(alice, "The bean soup is hot.", title="Bean soup")
    conversation(mallory, "Bread")
    for typed in (
        "soup",
        "soup bean",
        "sou*",
        "-bread soup",
        "soup OR bread",
        "o_1 soup",
        f"scope:o_{alice.pk} soup",
    ):
        results = find(mallory, read(typed))
        assert (results.titles, results.messages) == ([], [])
    assert find(mallory, read("soup"), best=True).messages == []
    assert find(mallory, read("soup in:title")).titles == []


def test_the_newest_come_first_and_pages_follow_each_other(alice):
    conversation(alice, *(f"Soup {number}" for number in range(2 * PAGE + 5)))
    pages, more = [], ""
    while not pages or more:
        page = find(alice, read("soup"), more)
        pages.append([plain(hit.html) for hit in page.messages])
        more = page.more
    assert [len(page) for page in pages] == [PAGE, PAGE, 5]
    assert sum(pages, []) == [f"Soup {number}" for number in reversed(range(2 * PAGE + 5))]


def test_what_came_meanwhile_does_not_shift_the_next_page(alice):
    made = conversation(alice, *(f"Soup {number}" for number in range(PAGE + 3)))
    more = find(alice, read("soup")).more
    Message.objects.create(conversation=made, role="user", text="Soup, new")
    assert said(alice, "soup", cursor=more) == ["Soup 2", "Soup 1", "Soup 0"]


def test_the_best_match_comes_first_where_it_is_asked_for(alice):
    conversation(
        alice, "soup soup soup", *(f"A long text with soup in it, number {number}" for number in range(30))
    )
    assert said(alice, "soup")[0] != "soup soup soup"
    first = find(alice, read("soup"), best=True)
    assert plain(first.messages[0].html) == "soup soup soup" and len(first.messages) == PAGE
    rest = find(alice, read("soup"), first.more, best=True)
    assert len(rest.messages) == 11 and not rest.more
    assert not {hit.message for hit in rest.messages} & {hit.message for hit in first.messages}


def test_words_that_meet_often_are_found_newest_first(alice):
    conversation(alice, *(f"Bean soup {number}" for number in range(2100)))
    assert said(alice, "bean soup") == [f"Bean soup {number}" for number in reversed(range(2080, 2100))]


@pytest.mark.parametrize("is_expected", [False, True])
@pytest.mark.parametrize("typed", ["bean soup", '"bean soup"', "soup -bread", "soup* model:small"])
def test_words_that_met_long_ago_are_found_newest_first(alice, typed, is_expected, monkeypatch):
    """Behind a thousand messages without them, and some weeks apart; also where PostgreSQL expects that many match."""
    if is_expected:
        monkeypatch.setattr(postgresql_queries, "MAX_SORTED", -10_000)
        monkeypatch.setattr(postgresql_queries, "SOME", 0)
    made, now = conversation(alice, "Bean soup now"), timezone.now()
    bread = [Message(conversation=made, role="user", text=f"Bread {number}") for number in range(1100)]
    weeks = [
        Message(conversation=made, role="assistant", text=f"Bean soup {n}", created=now - timedelta(weeks=n))
        for n in range(1, 2 * PAGE)
    ]
    Message.objects.bulk_create(bread + weeks)
    Completion.objects.bulk_create(
        Completion(message=message, model="small", status=Status.COMPLETE) for message in made.messages.all()
    )
    first = find(alice, read(typed))
    rest = find(alice, read(typed), first.more)
    found = [plain(hit.html) for hit in first.messages + rest.messages]
    assert found == ["Bean soup now", *(f"Bean soup {n}" for n in range(1, 2 * PAGE))]
    assert not rest.more
    best = find(alice, read(typed), best=True)
    assert [plain(hit.html) for hit in best.messages] == found[:PAGE]


def test_titles_are_found_too_and_alone(alice):
    conversation(alice, "Soup", title="Soups of the world")
    conversation(alice, "Soup", title="A soup")
    assert titles(alice, "soup") == ["A soup"]
    assert titles(alice, "soup* in:title") == ["A soup", "Soups of the world"]
    assert find(alice, read("soup in:title")).messages == []


def test_many_titles_have_pages_too(alice):
    for number in range(PAGE + 3):
        conversation(alice, title=f"Soup {number}")
    few = find(alice, read("soup"))
    assert len(few.titles) == 5 and few.has_more_titles
    first = find(alice, read("soup in:title"))
    rest = find(alice, read("soup in:title"), first.more)
    assert [hit.title for hit in first.titles + rest.titles] == [
        f"Soup {n}" for n in reversed(range(PAGE + 3))
    ]
    assert not rest.more


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\"*-:()'&|!<> soup豆")), max_size=60),
    cursor=st.one_of(st.just(""), st.text("0123456789_-.e+", max_size=30), st.text(max_size=8)),
    best=st.booleans(),
)
def test_anything_can_be_typed(alice, typed, cursor, best):
    query = read(typed)
    if not query.problem:
        find(alice, query, cursor, best)


@pytest.mark.parametrize(
    "typed",
    ['soup"', "soup AND", "NEAR(soup bean)", "text:soup", "soup OR", "^soup", "soup'); DROP TABLE x; --", "{a b}:soup",
     "soup & !bean", "soup <-> bean", "soup:*", "%s %(a)s soup", "\\ soup"],
)  # fmt: skip
def test_the_syntax_of_databases_is_only_words(alice, typed):
    conversation(alice, "soup and or near text bean drop table x a b s")
    find(alice, read(typed))


def test_old_messages_are_found_beside_new_ones(alice):
    made = conversation(alice, "Soup now")
    old = Message.objects.create(conversation=made, role="user", text="Soup then")
    Message.objects.filter(pk=old.pk).update(created=made.created - timedelta(days=3000))
    assert said(alice, "soup") == ["Soup now", "Soup then"]


def test_what_was_deleted_is_not_found_while_it_can_be_restored(alice):
    deleted = conversation(alice, "bean soup", title="bean salad", deleted=timezone.now())
    kept = conversation(alice, "bean stew", title="bean pie")
    assert said(alice, "bean") == ["bean stew"]
    assert titles(alice, "bean") == ["bean pie"]
    Conversation.objects.filter(pk=deleted.pk).update(deleted=None)
    Conversation.objects.filter(pk=kept.pk).update(deleted=timezone.now())
    assert said(alice, "bean") == ["bean soup"]


def test_a_page_of_results_is_full_though_newer_matches_were_deleted(alice):
    conversation(alice, *(f"bean {number}" for number in range(PAGE + 5)))
    conversation(alice, *(f"bean {number}" for number in range(3 * PAGE)), deleted=timezone.now())
    results = find(alice, read("bean"))
    assert (len(results.messages), bool(results.more)) == (PAGE, True)
    assert len(find(alice, read("bean"), results.more).messages) == 5


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_messages_of_results_are_read_by_their_ids(alice):
    """Not by way of all conversations of the person, however many results there are."""
    conversation(alice, "Thyme")
    plan = Message.objects.among(range(900), alice.pk).explain()
    assert plan.splitlines()[0].endswith("conversations_message USING INTEGER PRIMARY KEY (rowid=?)")
