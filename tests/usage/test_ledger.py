"""The ledger: every answer is added once, exactly, and stays when everything else is deleted."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from chatsite.conversations.models import Asked, Completion, Conversation
from chatsite.conversations.models.outcome import Outcome
from chatsite.providers.models import Model, Provider
from chatsite.usage.ledger import Use, add
from chatsite.usage.models import UsageDay
from chatsite.usage.reports import by_day, month, report

DAY = date(2026, 5, 4)
pytestmark = pytest.mark.django_db


def answer(owner, outcome, **columns):
    conversation = Conversation.objects.create(owner=owner)
    message = conversation.say(uuid4(), "Hello?", None)
    return conversation.reply_to(message, model="large", **columns).finish(outcome)


@pytest.fixture
def provider():
    return Provider.objects.create(name="Mine", base_url="http://h/v1")


def test_an_answer_is_in_the_ledger_when_it_has_ended(alice, provider):
    taken = {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "cached_tokens": 64,
        "cost": Decimal("0.00000123"),
    }
    answer(alice, Outcome("complete", "Hi", provider=provider, **taken))
    answer(alice, Outcome("stopped", "H", provider=provider, **taken))
    row = UsageDay.objects.get()
    assert (row.person, row.person_name, row.model, row.provider_name) == (alice, "alice", "large", "Mine")
    assert (row.answers, row.stopped, row.failed, row.unreported) == (2, 1, 0, 0)
    assert (row.input_tokens, row.output_tokens, row.cached_tokens, row.cost_units) == (200, 40, 128, 246)


def test_a_failure_without_numbers_is_counted(alice):
    answer(alice, Outcome("failed", error_kind="connection", error="No."))
    row = UsageDay.objects.get()
    assert (row.answers, row.failed, row.unreported, row.output_tokens) == (1, 1, 1, 0)


def asked_of(provider, answer):
    model = Model(name="large", provider=provider, input_price=Decimal(10), output_price=Decimal(100))
    answer.asked = Asked([{"role": "user", "content": "x" * 400}], [model])
    return answer


def test_the_tokens_of_a_stopped_answer_are_estimated_by_its_texts(alice, provider):
    conversation = Conversation.objects.create(owner=alice)
    message = conversation.say(uuid4(), "x" * 400, None)
    running = asked_of(provider, conversation.reply_to(message, model="large"))
    ended = running.finish(Outcome("stopped", "y" * 80, "z" * 40, provider=provider))
    row = UsageDay.objects.get()
    assert (row.input_tokens, row.output_tokens, row.unreported) == (100, 30, 1)
    assert row.cost_units == 400_000
    assert ended.completion_tokens is None and ended.asked.request == ()


def test_a_continued_answer_is_estimated_by_what_it_added(alice, provider):
    conversation = Conversation.objects.create(owner=alice)
    message = conversation.say(uuid4(), "Hello?", None)
    running = asked_of(provider, conversation.reply_to(message, model="large", text_before=80))
    running.finish(Outcome("stopped", "y" * 120, "z" * 40, provider=provider, prompt_tokens=7))
    row = UsageDay.objects.get()
    assert (row.input_tokens, row.output_tokens) == (7, 10)


def test_an_answer_that_another_process_ends_is_estimated_by_what_it_wrote(alice):
    conversation = Conversation.objects.create(owner=alice)
    running = conversation.reply_to(conversation.say(uuid4(), "Hello?", None), model="large")
    Completion.objects.get(pk=running.pk).finish(Outcome("interrupted", "y" * 80))
    row = UsageDay.objects.get()
    assert (row.input_tokens, row.output_tokens, row.cost_units, row.unreported) == (0, 20, 0, 1)


def test_an_answer_that_had_ended_already_is_not_counted_twice(alice):
    ended = answer(alice, Outcome("complete", "Hi"))
    assert ended.finish(Outcome("complete", "Hi")) is None
    assert UsageDay.objects.get().answers == 1


def test_what_was_used_survives_the_conversation_the_person_and_the_provider(alice, provider):
    answer(alice, Outcome("complete", "Hi", provider=provider, completion_tokens=7))
    Conversation.objects.get().delete()
    alice.delete()
    provider.delete()
    row = UsageDay.objects.get()
    assert (row.person, row.person_name, row.provider, row.provider_name) == (None, "alice", None, "Mine")
    assert (row.answers, row.output_tokens) == (1, 7)


def test_two_deleted_people_of_one_name_stay_apart(provider):
    for _ in range(2):
        person = User.objects.create_user("same")
        answer(person, Outcome("complete", "Hi"))
        person.delete()
    assert UsageDay.objects.count() == 2
    assert [line.answers for line in report("person", date(2000, 1, 1), date(2100, 1, 1)).lines] == [2]


def test_sums_of_many_small_costs_are_exact(alice):
    for _ in range(1000):
        add(Use(alice.pk, "large", cost=Decimal("0.00000001")), DAY)
    assert report("day", DAY, DAY).total.cost == Decimal("0.00001")


def test_a_report_sums_by_what_is_asked_for(alice, bob):
    add(Use(alice.pk, "large", output_tokens=5), DAY)
    add(Use(alice.pk, "small", output_tokens=1), DAY)
    add(Use(bob.pk, "large", output_tokens=2), date(2026, 5, 5))
    add(Use(bob.pk, "large", output_tokens=9), date(2026, 6, 1))
    wanted = DAY, date(2026, 5, 31)
    assert [(line.label, line.answers) for line in report("person", *wanted).lines] == [
        ("alice", 2),
        ("bob", 1),
    ]
    assert [(line.label, line.output_tokens) for line in report("model", *wanted).lines] == [
        ("large", 7),
        ("small", 1),
    ]
    assert [line.label for line in report("day", *wanted).lines] == ["2026-05-05", "2026-05-04"]
    assert {str(day): line.answers for day, line in by_day(*wanted).items()} == {
        "2026-05-04": 2,
        "2026-05-05": 1,
    }


def test_people_of_several_groups_count_in_each_and_once_in_all(alice, bob):
    for name in ("Sales", "Support"):
        alice.groups.create(name=name)
    add(Use(alice.pk, "large"), DAY)
    add(Use(bob.pk, "large"), DAY)
    shown = report("group", DAY, DAY)
    assert {line.label: line.answers for line in shown.lines} == {"Sales": 1, "Support": 1, "in no group": 1}
    assert shown.total.answers == 2


def test_a_month_that_continues_ends_in_proportion(alice):
    for _ in range(10):
        add(Use(alice.pk, "large", cost=Decimal("0.5")), date(2026, 6, 1))
    ahead = month(date(2026, 6, 10))
    assert (ahead.answers_at_end, ahead.cost_at_end) == (30, Decimal("15.00"))
