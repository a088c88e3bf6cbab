"""The site's rule: what it deletes, what it keeps, and that people see a notice for a week before."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatsite.conversations.models import Conversation, Folder
from chatsite.history.retention.deletion import delete_due, housekeeping
from chatsite.history.retention.due import NOTICE, due, notice
from chatsite.history.retention.models import RetentionRule
from chatsite.history.search.check import problems
from tests.history.retained import DAY, conversation, rule


@pytest.fixture
def alice(database):
    return User.objects.create_user("alice")


@pytest.fixture
def bob(database):
    return User.objects.create_user("bob")


def left() -> set[str]:
    return set(Conversation.objects.values_list("title", flat=True))


def deleted() -> int:
    return len(list(delete_due()))


def said(*args: str) -> str:
    out = StringIO()
    call_command("retention", *args, stdout=out)
    return out.getvalue()


def test_without_a_rule_nothing_is_deleted(alice):
    conversation(alice, 9999)
    assert deleted() == 0 and "nothing is deleted" in said()
    rule(None)
    assert deleted() == 0 and "nothing is deleted" in said("--dry-run")


def test_conversations_go_so_many_days_after_their_last_message(alice):
    rule()
    conversation(alice, 31, "Old")
    conversation(alice, 29, "New")
    assert deleted() == 1 and left() == {"New"}
    assert deleted() == 0
    assert problems() == []


@pytest.mark.parametrize(("keep", "kept"), [(True, {"Pinned", "Filed"}), (False, set())])
def test_pinned_ones_and_those_in_folders_are_kept_or_not(alice, keep, kept):
    rule(keep_pinned=keep, keep_in_folders=keep)
    conversation(alice, 99, "Pinned", pinned=True)
    conversation(alice, 99, "Filed", folder=Folder.objects.create(owner=alice, name="Kitchen"))
    conversation(alice, 99, "Archived", archived=True)
    list(delete_due())
    assert left() == kept


def test_temporary_and_deleted_ones_have_rules_of_their_own(alice):
    rule()
    conversation(alice, 99, "Temporary", temporary_until=timezone.now() + DAY)
    conversation(alice, 99, "Deleted", deleted=timezone.now())
    assert deleted() == 0


def test_a_new_rule_deletes_nothing_for_a_week(alice):
    rule(old=NOTICE - DAY)
    conversation(alice, 99)
    assert notice(alice).count == 1
    assert deleted() == 0
    RetentionRule.objects.update(since=timezone.now() - NOTICE)
    assert deleted() == 1


def test_a_changed_rule_begins_again_and_a_saved_one_does_not(alice):
    stored = rule()
    before = stored.since
    stored.save()
    assert stored.since == before
    stored.days = 20
    stored.save()
    assert stored.since > before
    conversation(alice, 25)
    assert deleted() == 0


def test_one_that_was_unpinned_or_imported_lately_stays_for_a_week(alice):
    rule()
    lately = conversation(alice, 99)
    Conversation.objects.filter(pk=lately.pk).update(changed=timezone.now() - NOTICE + DAY)
    assert deleted() == 0 and notice(alice).count == 1
    Conversation.objects.filter(pk=lately.pk).update(changed=timezone.now() - NOTICE)
    assert deleted() == 1


def test_one_that_was_written_in_meanwhile_stays(alice):
    condition = due(rule())
    old = conversation(alice, 99)
    found = Conversation.objects.filter(condition).get()
    Conversation.objects.filter(pk=old.pk).update(updated=timezone.now())
    assert not found.delete_if(condition) and left() == {"Old"}


def test_a_rule_that_is_taken_back_meanwhile_deletes_nothing_more(alice):
    rule()
    for number in range(3):
        conversation(alice, 99, f"Old {number}")
    going = delete_due()
    next(going)
    RetentionRule.objects.update(days=None)
    assert list(going) == [] and len(left()) == 2


def test_many_are_deleted_in_batches(alice, monkeypatch):
    monkeypatch.setattr("chatsite.history.retention.deletion.AT_ONCE", 3)
    monkeypatch.setattr("chatsite.history.retention.deletion.PAUSE_SECONDS", 0)
    rule()
    for number in range(10):
        conversation(alice, 99, f"Old {number}")
    assert deleted() == 10 and problems() == []


def test_people_are_told_a_week_before_with_the_day(alice, bob):
    rule()
    conversation(alice, 24, "In six days")
    conversation(alice, 28, "In two days")
    conversation(alice, 10, "In twenty")
    shown = notice(alice)
    assert shown.count == 2 and shown.day.date() == (timezone.now() + 2 * DAY).date()
    assert notice(bob) is None


def test_a_dry_run_counts_by_person_and_deletes_nothing(alice, bob):
    rule()
    for days in (99, 98, 26):
        conversation(alice, days)
    conversation(bob, 99)
    assert said("--dry-run").splitlines() == [
        "alice: 2",
        "bob: 1",
        "3 conversations would be deleted.",
        "1 more within 7 days; their owners see a notice.",
    ]
    assert Conversation.objects.count() == 4
    assert said().splitlines() == ["alice: 2", "bob: 1", "3 conversations deleted."]
    assert said().splitlines() == ["0 conversations deleted."]


def test_the_daily_run_lets_pages_fetch_their_lists(alice, bob):
    rule()
    conversation(alice, 99)
    conversation(alice, 98)
    assert housekeeping() == [{"many": alice.pk}]


def test_there_is_one_rule_and_it_leaves_time_to_tell(alice):
    rule()
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRule.objects.create(id=2, days=30)
    with pytest.raises(ValidationError):
        RetentionRule(days=13).full_clean(validate_unique=False, validate_constraints=False)


def test_pages_tell_what_goes_and_how_to_keep_it(alice, client):
    rule()
    old = conversation(alice, 26, "Old soup")
    client.force_login(alice)
    for address in ("/", "/conversations/"):
        page = client.get(address).content.decode()
        assert "1 conversation will be deleted on" in page and "/conversations/endings/" in page
    page = client.get("/conversations/endings/").content.decode()
    assert "Old soup" in page and "30 days after their last message" in page
    kept = {"act": "pin", "conversation": str(old.uuid), "next": "/conversations/endings/"}
    client.post("/conversations/act/", kept)
    assert "None of your conversations" in client.get("/conversations/endings/").content.decode()
    assert "will be deleted" not in client.get("/").content.decode()


def test_all_that_goes_is_pinned_at_once(alice, client):
    rule()
    conversation(alice, 99, "Old")
    conversation(alice, 1, "New")
    client.force_login(alice)
    client.post("/conversations/act/", {"act": "pin", "all": "1", "show": "ending"})
    assert list(Conversation.objects.filter(pinned=True).values_list("title", flat=True)) == ["Old"]
    assert notice(alice) is None


def test_only_archived_ones_are_told_of_too(alice, client):
    rule()
    conversation(alice, 99, archived=True)
    client.force_login(alice)
    assert "1 conversation will be deleted" in client.get("/").content.decode()


def test_nobody_sees_what_goes_of_others(alice, bob, client):
    rule()
    conversation(alice, 99, "Old soup")
    client.force_login(bob)
    assert "Old soup" not in client.get("/conversations/endings/").content.decode()
    client.logout()
    assert client.get("/conversations/endings/").status_code == 302


def test_a_site_without_a_rule_pays_no_statement_for_it(alice, client):
    conversation(alice, 1)
    client.force_login(alice)
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert (
        len([each for each in queries if each["sql"].startswith("SELECT") and "retention" in each["sql"]])
        == 1
    )
