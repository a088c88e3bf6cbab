"""The page of use, and its CSV file."""

import csv
from datetime import date

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from chatsite.usage.ledger import Use, add

pytestmark = pytest.mark.django_db
PAGE, CSV = "/admin/usage/usageday/", "/admin/usage/usageday/csv/"
MAY = "?first=2026-05-01&last=2026-05-31"


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_the_page_shows_sums_and_a_chart_with_a_title_for_each_day(admin, alice):
    for _ in range(3):
        add(Use(alice.pk, "large", output_tokens=1000), date(2026, 5, 4))
    page = admin.get(PAGE + MAY).content.decode()
    assert page.count("<rect") == 31 and "<title>4 May 2026: 3 answers</title>" in page
    assert "3,000" in page
    assert "<script" not in page.split("<main")[-1] and "style=" not in page.split("<main")[-1]


@pytest.mark.parametrize("by", ["day", "person", "group", "model", "provider", "prompt", "source"])
def test_each_page_and_its_csv_have_the_same_rows(admin, alice, by):
    add(Use(alice.pk, "large", output_tokens=7), date(2026, 5, 4))
    page = admin.get(f"{PAGE}{MAY}&by={by}")
    rows = list(csv.reader(admin.get(f"{CSV}{MAY}&by={by}").content.decode().splitlines()))
    assert [row[0] for row in rows[1:-1]] == [line.label for line in page.context["report"].lines]
    assert rows[1][1:] == ["1", "0", "0", "0", "0", "0", "7", "0.00000000"]
    assert rows[-1][0] == "All"


def labels(page) -> list[tuple[str, int]]:
    return [(line.label, line.answers) for line in page.context["report"].lines]


def test_a_row_leads_to_the_table_of_it_alone_and_back(admin, alice, bob):
    for person, model in [(alice, "large"), (alice, "small"), (bob, "large"), (bob, "large")]:
        add(Use(person.pk, model), date(2026, 5, 4))
    page = admin.get(f"{PAGE}{MAY}&by=model")
    (large, query), _ = page.context["rows"]
    assert large.label == "large" and f'<a href="?{escape(query)}">large</a>' in page.content.decode()
    who = admin.get(f"{PAGE}?{query}")
    assert labels(who) == [("bob", 2), ("alice", 1)] and who.context["report"].total.answers == 3
    assert "<title>4 May 2026: 3 answers</title>" in who.content.decode()
    rows = list(csv.reader(admin.get(f"{CSV}?{query}").content.decode().splitlines()))
    assert [(row[0], row[1]) for row in rows[1:]] == [("bob", "2"), ("alice", "1"), ("All", "3")]
    assert "Only the model <strong" in who.content.decode()
    assert labels(admin.get(f"{PAGE}?{who.context['every']}")) == [("alice", 2), ("bob", 2)]


def test_a_day_leads_to_who_asked_then(admin, alice, bob):
    add(Use(alice.pk, "large"), date(2026, 5, 4))
    add(Use(bob.pk, "large"), date(2026, 5, 5))
    _, (_, query) = admin.get(f"{PAGE}{MAY}").context["rows"]
    assert labels(admin.get(f"{PAGE}?{query}")) == [("alice", 1)]


@pytest.mark.parametrize("by", ["group", "provider", "prompt"])
def test_a_row_of_nothing_leads_to_the_table_of_what_has_none(admin, alice, bob, by):
    bob.groups.create(name="Support")
    for person in (alice, bob):
        add(Use(person.pk, "large"), date(2026, 5, 4))
    rows = admin.get(f"{PAGE}{MAY}&by={by}").context["rows"]
    (found,) = [labels(admin.get(f"{PAGE}?{query}")) for line, query in rows if not line.value]
    assert sum(answers for _, answers in found) == (1 if by == "group" else 2)


@pytest.mark.parametrize("model", ["=1+1", " =1+1", "\n=1+1", "＝1+1"])
def test_a_name_that_a_spreadsheet_would_run_is_harmless_in_the_csv(admin, model):
    person = User.objects.create_user("@SUM(A1)")
    add(Use(person.pk, model), date(2026, 5, 4))
    for by in ("person", "model"):
        rows = list(csv.reader(admin.get(f"{CSV}{MAY}&by={by}").content.decode().splitlines()))
        assert rows[1][0].startswith("'")


def test_the_first_days_of_the_calendar_can_be_asked_for(admin):
    assert admin.get(f"{PAGE}?last=0001-01-02").status_code == 200
    assert admin.get(f"{CSV}?last=0001-01-02").status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?first=2026-06-01&last=2026-05-01", "must not be after"),
        ("?first=2000-01-01&last=2026-05-01", "at most"),
        ("?first=yesterday", "valid date"),
        ("?by=moon", "valid choice"),
        ("?of=moon&value=x", "valid choice"),
    ],
)
def test_days_that_make_no_sense_are_said_at_the_field(admin, query, words):
    assert words in admin.get(PAGE + query).content.decode()
    assert admin.get(CSV + query).status_code == 400


def test_only_who_may_view_usage_sees_it(client):
    staff = User.objects.create_user("sam", is_staff=True)
    client.force_login(staff)
    assert client.get(PAGE).status_code == client.get(CSV).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_usageday"))
    assert client.get(PAGE).status_code == client.get(CSV).status_code == 200


def test_the_page_asks_the_database_the_same_number_of_times_however_much_there_is(admin, alice):
    admin.get(PAGE + MAY)
    with CaptureQueriesContext(connection) as few:
        admin.get(PAGE + MAY)
    for number in range(50):
        add(Use(alice.pk, f"model {number}"), date(2026, 5, 4))
    with CaptureQueriesContext(connection) as many:
        admin.get(PAGE + MAY)
    assert len(few) == len(many) <= 8
