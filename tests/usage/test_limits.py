"""Limits of use: whose limit holds, what counts, and what the person reads."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.utils import timezone

from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion
from chatsite.conversations.options import Options
from chatsite.conversations.quotas import limit_uses_of, warning_for
from chatsite.conversations.turns import NewMessage, create_message, create_reply
from chatsite.providers.models import Model, Provider
from chatsite.usage.ledger import Use, add
from chatsite.usage.models import Extra, Limit
from chatsite.usage.periods import next_month, this_month
from tests.harness.migrations import migrated_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def model():
    provider = Provider.objects.create(name="Mine", base_url="http://h/v1")
    Model.objects.create(provider=provider, name="large", default=True)


@pytest.fixture
def group(alice) -> Group:
    return alice.groups.create(name="Sales")


def send(user):
    turn = create_message(user, uuid4(), NewMessage(uuid4(), "Hello?"))
    Completion.objects.filter(pk=turn.completion.pk).update(status="complete")
    return turn


def test_a_site_without_limits_asks_for_nothing(alice):
    assert limit_uses_of(alice) == [] and warning_for(alice) == ""
    send(alice)


def test_everybodys_limit_holds_for_who_has_no_other(alice, bob, group):
    Limit.objects.create(cost_a_month=5)
    Limit.objects.create(group=group, cost_a_month=10)
    assert [each.limit for each in limit_uses_of(bob)] == [5]
    assert [each.limit for each in limit_uses_of(alice)] == [10]


def test_of_several_groups_the_widest_wins_measure_by_measure(alice, group):
    other = alice.groups.create(name="Support")
    Limit.objects.create(group=group, messages_an_hour=5, tokens_a_month=1000, cost_a_month=1)
    Limit.objects.create(group=other, messages_an_hour=50, tokens_a_month=100, cost_a_month=None)
    assert [each.limit for each in limit_uses_of(alice)] == [50, 1000]


def test_a_persons_own_limit_beats_all_others(alice, group):
    Limit.objects.create(messages_an_hour=1)
    Limit.objects.create(group=group, cost_a_month=100)
    Limit.objects.create(person=alice, cost_a_month=2)
    assert [each.limit for each in limit_uses_of(alice)] == [2]


def test_a_limit_of_zero_lets_nobody_ask(alice):
    Limit.objects.create(messages_an_hour=0)
    with pytest.raises(Refusal, match="Your limit is 0 messages an hour: you cannot ask anything here."):
        send(alice)


def test_a_limit_of_an_hour_says_when_the_next_message_can_be_sent(alice):
    Limit.objects.create(messages_an_hour=1)
    send(alice)
    with pytest.raises(
        Refusal, match="sent 1 message within an hour.* when the oldest of them is an hour old."
    ):
        send(alice)


def test_messages_of_an_hour_are_counted_and_asking_again_counts_too(alice, bob):
    Limit.objects.create(messages_an_hour=3)
    turn = send(alice)
    send(alice)
    again = create_reply(alice, turn.message.conversation.uuid, turn.message.uuid, Options())
    Completion.objects.filter(pk=again.completion.pk).update(status="complete")
    with pytest.raises(Refusal, match="You have sent 3 messages within an hour"):
        send(alice)
    send(bob)
    Completion.objects.update(started=timezone.now() - timedelta(minutes=61))
    send(alice)


@pytest.mark.parametrize(
    ("limit", "use", "words"),
    [
        ({"tokens_a_month": 100}, {"input_tokens": 60, "output_tokens": 40}, "Your 100 tokens of this month"),
        ({"cost_a_month": Decimal("1.50")}, {"cost": Decimal("1.5")}, "Your 1.50 of cost of this month"),
    ],
)
def test_who_has_used_up_the_month_is_told_when_it_starts_again(alice, limit, use, words):
    Limit.objects.create(**limit)
    send(alice)
    add(Use(alice.pk, "large", **use))
    with pytest.raises(Refusal, match=words) as refused:
        send(alice)
    assert refused.value.code == "used_up"
    begins = next_month(this_month())
    assert f"They start again on {begins.day} {begins:%B}, 00:00 UTC." in str(refused.value)


def test_the_new_month_begins_by_the_clock_of_the_site_wherever_the_person_is(settings, alice):
    settings.TIME_ZONE = "Asia/Tokyo"
    Limit.objects.create(tokens_a_month=100)
    add(Use(alice.pk, "large", output_tokens=100))
    with timezone.override("America/New_York"):
        assert ", 00:00 JST." in warning_for(alice)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"tokens_a_month": 0}, "Your limit is 0 tokens a month:"),
        ({"cost_a_month": 0}, "Your limit is a cost of 0 a month:"),
    ],
)
def test_a_limit_of_zero_a_month_says_so(alice, limit, words):
    Limit.objects.create(**limit)
    with pytest.raises(Refusal, match=f"{words} you cannot ask anything here."):
        send(alice)


def test_what_was_used_last_month_does_not_count(alice):
    Limit.objects.create(tokens_a_month=100)
    add(Use(alice.pk, "large", output_tokens=500), this_month() - timedelta(days=1))
    send(alice)


def test_from_80_per_cent_on_the_page_says_so(alice):
    Limit.objects.create(tokens_a_month=100)
    add(Use(alice.pk, "large", output_tokens=79))
    assert warning_for(alice) == ""
    add(Use(alice.pk, "large", output_tokens=1))
    assert warning_for(alice).startswith("80 of your 100 tokens of this month are used.")


def test_an_admin_gives_more_for_this_month(alice):
    Limit.objects.create(cost_a_month=1)
    add(Use(alice.pk, "large", cost=Decimal(1)))
    Extra.objects.create(person=alice, cost=5, note="The fair.")
    Extra.objects.create(person=alice, cost=9, month=date(2020, 1, 1), note="Long ago.")
    assert [each.limit for each in limit_uses_of(alice)] == [6]
    send(alice)


def test_one_question_reads_all_limits(alice, group, django_assert_num_queries):
    for each in ({}, {"group": group}, {"person": alice}):
        Limit.objects.create(messages_an_hour=5, tokens_a_month=5, cost_a_month=5, **each)
    with django_assert_num_queries(1):
        limit_uses_of(alice)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (lambda alice, group: {"person": alice, "group": group}, "not both"),
        (lambda alice, group: {}, "Everybody has a limit already"),
        (lambda alice, group: {"person": alice, "cost_a_month": -1}, "greater than or equal to 0"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_in_words(alice, group, fields, words):
    Limit.objects.create(messages_an_hour=5)
    with pytest.raises(ValidationError, match=words):
        Limit(**fields(alice, group)).full_clean()


def test_the_page_shows_the_warning_and_keeps_the_text_of_what_is_refused(client, alice):
    Limit.objects.create(tokens_a_month=100)
    add(Use(alice.pk, "large", output_tokens=100))
    client.force_login(alice)
    assert "Your 100 tokens of this month are used up." in client.get("/").content.decode()


def test_the_admin_has_pages_for_limits(client, alice):
    client.force_login(User.objects.create_superuser("root"))
    assert client.post("/admin/usage/limit/add/", {"person": "alice", "tokens_a_month": 7}).status_code == 302
    assert Limit.objects.get().tokens_a_month == 7
    fields = {"person": "alice", "tokens": 5, "cost": 0, "note": "The fair."}
    assert client.post("/admin/usage/extra/add/", fields).status_code == 302
    assert Extra.objects.get().month == this_month()
    assert "alice" in client.get("/admin/usage/limit/").content.decode()


def test_a_person_is_named_and_an_unknown_one_is_refused_at_the_field(client, alice):
    client.force_login(User.objects.create_superuser("root"))
    page = client.post("/admin/usage/limit/add/", {"person": "alcie", "tokens_a_month": 7})
    assert page.context["adminform"].form.errors == {"person": ["There is no person “alcie” here."]}
    assert 'value="alcie"' in page.content.decode()
    limit = Limit.objects.create(person=alice, tokens_a_month=7)
    assert 'value="alice"' in client.get(f"/admin/usage/limit/{limit.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("kind", "name"), [("extra", "tokens"), ("limit", "tokens_a_month"), ("limit", "messages_an_hour")]
)
@pytest.mark.parametrize("number", [2**63 - 1, 10**15 + 1, 10**30])
def test_a_number_that_is_too_large_is_refused_at_its_field(client, alice, kind, name, number):
    client.force_login(User.objects.create_superuser("root"))
    fields = {"person": "alice", "cost": 0, "note": "x"} if kind == "extra" else {"person": "alice"}
    response = client.post(f"/admin/usage/{kind}/add/", fields | {name: number})
    (error,) = response.context["adminform"].form.errors[name]
    assert "less than or equal to" in error
    assert not Extra.objects.exists() and not Limit.objects.exists()


def test_limits_of_the_release_before_are_bounded(database, alice):
    with migrated_to(("usage", "0004_source_of_tryouts")) as old:
        for _ in range(2):
            old.get_model("usage", "Extra").objects.create(person_id=alice.pk, tokens=2**63 - 1, note="x")
        old.get_model("usage", "Limit").objects.create(person_id=alice.pk, tokens_a_month=2**63 - 1)
        old.get_model("usage", "Limit").objects.create(tokens_a_month=7)
    assert [each.limit for each in limit_uses_of(alice)] == [3 * 10**15]
    assert Limit.objects.get(person=None).tokens_a_month == 7


def test_an_admin_who_limits_the_cost_is_told_which_models_have_no_price(client, admin_user):
    client.force_login(admin_user)
    fields = {"person": "", "cost_a_month": 5}
    page = client.post("/admin/usage/limit/add/", fields, follow=True).content.decode()
    assert "does not hold for models without a price" in page and "large" in page
    Limit.objects.all().delete()
    Model.objects.update(input_price=0, output_price=0)
    page = client.post("/admin/usage/limit/add/", fields, follow=True).content.decode()
    assert Limit.objects.exists() and "without a price" not in page
