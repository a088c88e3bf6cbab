"""What people did with answers, by version: counted from stored rows, on both databases."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatsite.conversations.models import Completion, Conversation, Feedback, Message
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.reactions import Reactions, counts_of, percent, reactions, reactions_of

NOW = timezone.now()
WEEK = NOW - timedelta(days=7)


class World:
    """A prompt with two versions, and conversations whose answers name them."""

    def __init__(self) -> None:
        self.alice = User.objects.create_user("alice")
        self.prompt = SystemPrompt.objects.create(name="Support")
        self.first, self.second = (self.prompt.draft(text, self.alice) for text in ("You help.", "Be kind."))

    def ask(self, parent: Message | None = None) -> Message:
        conversation = parent.conversation if parent else Conversation.objects.create(owner=self.alice)
        return Message.objects.create(conversation=conversation, parent=parent, role="user", text="Basil?")

    def answer(self, question: Message | None = None, message: Message | None = None, **columns) -> Message:
        question = question or (message and message.parent) or self.ask()
        message = message or Message.objects.create(
            conversation=question.conversation, parent=question, role="assistant", text="A herb."
        )
        columns = {"prompt_version": self.first, "status": "complete", "started": NOW, **columns}
        Completion.objects.create(message=message, model="demo", **columns)
        return message

    def reactions(self, since=WEEK) -> Reactions:
        return reactions(self.prompt, since)[self.first.pk]


@pytest.fixture
def world(database) -> World:
    return World()


def counts(found: Reactions) -> dict[str, int]:
    names = ("answers", "failed", "stopped", "cut", "continued", "again", "edited", "good", "bad")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


def test_answers_are_counted_by_how_they_ended(world):
    for columns in (
        {},
        {"status": "failed"},
        {"status": "stopped"},
        {"finish_reason": "length"},
        {"text_before": 3},
    ):
        world.answer(**columns)
    world.answer(prompt_version=world.second)
    expected = {"answers": 5, "failed": 1, "stopped": 1, "cut": 1, "continued": 1}
    assert counts(world.reactions()) == expected


def test_a_question_that_was_answered_again_or_written_again_counts_for_the_earlier_answer(world):
    question = world.ask()
    first = world.answer(question)
    world.answer(question)
    assert counts(world.reactions()) == {"answers": 2, "again": 1}
    follow_up = world.ask(first)
    world.answer(follow_up)
    world.ask(first)
    assert counts(world.reactions()) == {"answers": 3, "again": 1, "edited": 1}


def test_a_first_question_that_was_written_again_counts_and_those_of_other_conversations_do_not(world):
    question = world.ask()
    world.answer(question)
    world.answer(world.ask())
    assert counts(world.reactions()) == {"answers": 2}
    Message.objects.create(conversation=question.conversation, role="user", text="Thyme?")
    assert counts(world.reactions()) == {"answers": 2, "edited": 1}


def test_a_continued_answer_is_rated_once(world):
    good, bad = world.answer(), world.answer()
    world.answer(message=bad, text_before=7)
    Feedback.objects.create(message=good, person=world.alice, value=1)
    Feedback.objects.create(message=bad, person=world.alice, value=-1)
    assert counts(world.reactions()) == {"answers": 3, "continued": 1, "good": 1, "bad": 1}


def test_medians_are_exact(world):
    for tokens, seconds in ((10, 1), (20, 2), (90, 30)):
        world.answer(completion_tokens=tokens, first_delta=NOW + timedelta(seconds=seconds))
    world.answer()
    found = world.reactions()
    assert (found.median_tokens, found.median_seconds) == (20, 2.0)
    world.answer(completion_tokens=30)
    assert world.reactions().median_tokens == 25


def test_the_database_subtracts_times_to_the_millisecond(world):
    started = NOW.replace(microsecond=0)
    world.answer(started=started, first_delta=started + timedelta(milliseconds=1234))
    with CaptureQueriesContext(connection) as queries:
        assert world.reactions().seconds == [1.234]
    assert not any('AS "first_delta"' in each["sql"] for each in queries)


def test_older_answers_do_not_count(world):
    world.answer(started=NOW - timedelta(days=8))
    assert reactions(world.prompt, WEEK) == {}
    assert counts(world.reactions(NOW - timedelta(days=30))) == {"answers": 1}


def test_of_many_answers_the_newest_of_each_version_are_counted(world):
    for number in range(6):
        status = "failed" if number < 3 else "complete"
        world.answer(started=NOW - timedelta(hours=6 - number), status=status)
    for _ in range(2):
        world.answer(prompt_version=world.second)
    found = reactions(world.prompt, WEEK, most=6)
    first, second = found[world.first.pk], found[world.second.pk]
    assert (counts(first), first.is_part) == ({"answers": 3}, True)
    assert (counts(second), second.is_part) == ({"answers": 2}, False)


def test_a_list_of_prompts_counts_all_answers_and_reads_the_newest(world):
    other = World.__new__(World)
    other.alice, other.prompt = world.alice, SystemPrompt.objects.create(name="Sales")
    other.first = other.prompt.draft("You sell.", world.alice)
    for number in range(4):
        world.answer(started=NOW - timedelta(hours=number), status="stopped" if number < 2 else "complete")
    world.answer(prompt_version=world.second)
    other.answer(status="failed")
    pks = [world.prompt.pk, other.prompt.pk]
    assert counts_of(pks, WEEK) == {world.prompt.pk: 5, other.prompt.pk: 1}
    found = reactions_of(pks, WEEK, most=6)
    assert counts(found[world.prompt.pk]) == {"answers": 3, "stopped": 2}
    assert counts(found[other.prompt.pk]) == {"answers": 1, "failed": 1}
    assert reactions_of([], WEEK) == counts_of([], WEEK) == {}


def test_it_takes_three_statements_whatever_there_is(world):
    for _ in range(30):
        world.answer()
        world.answer(prompt_version=world.second)
    with CaptureQueriesContext(connection) as queries:
        reactions(world.prompt, WEEK)
    assert len(queries) == 3


def test_shares_have_one_place_where_they_are_small():
    assert [percent(*each) for each in ((0, 0), (0, 9), (1, 300), (1, 3), (3, 3))] == [
        "0",
        "0",
        "0.3",
        "33",
        "100",
    ]


@pytest.fixture
def root(client, world) -> None:
    client.force_login(User.objects.create_superuser("anna"))


@pytest.fixture
def page(client, root, world):
    return lambda query="": client.get(
        f"/admin/prompts/systemprompt/{world.prompt.pk}/answers/{query}"
    ).content.decode()


def test_the_page_shows_each_version_and_greys_what_says_little(page, world):
    for _ in range(50):
        world.answer(completion_tokens=20, first_delta=NOW + timedelta(seconds=1.5))
    Feedback.objects.create(message=world.answer(), person=world.alice, value=-1)
    world.answer(prompt_version=world.second)
    html = page()
    assert ">v1</a>" in html and '<tr class="quiet">' in html and html.count('<tr class="quiet">') == 1
    assert "2.0 %" in html and "1.5 s" in html and "<td>51</td>" in html


def test_the_page_says_that_there_are_no_answers_and_takes_other_days(page, world):
    world.answer(started=NOW - timedelta(days=20))
    assert "No version of this prompt has answered in these days." in page()
    assert ">v1</a>" in page("?days=30") and "No version" in page("?days=x")
    assert '<strong aria-current="true">90</strong>' in page("?days=90")


def test_the_list_of_prompts_shows_how_many_answers_were_marked_bad(client, root, world):
    for _ in range(49):
        world.answer()
    Feedback.objects.create(message=world.answer(), person=world.alice, value=-1)
    assert '<td class="field-bad">2.0 %</td>' in client.get("/admin/prompts/systemprompt/").content.decode()
