"""Events are added and never change, on both databases."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from chatsite.audit.models import Event
from chatsite.audit.recording import differences, record


@pytest.fixture
def staff(database) -> User:
    return User.objects.create_user("staff", is_staff=True)


def request_of(user: User):
    request = RequestFactory().get("/admin/", REMOTE_ADDR="10.1.2.3")
    request.user = user
    return request


@pytest.fixture
def event(staff) -> Event:
    return record(
        "changed", staff, request=request_of(staff), before={"is_active": True}, after={"is_active": False}
    )


def refused(sql: str, *params) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except DatabaseError as error:
        return "events never change" in str(error)
    return False


def test_an_event_says_who_did_what_to_whom_and_from_where(event, staff):
    stored = Event.objects.get()
    assert (stored.actor, stored.actor_name, stored.address) == (staff, "staff", "10.1.2.3")
    assert (stored.verb, stored.target_type, stored.target_id) == ("changed", "auth.user", str(staff.pk))
    assert (stored.before, stored.after) == ({"is_active": True}, {"is_active": False})


def test_without_a_request_the_command_line_did_it(staff):
    event = record("exported", staff)
    assert event.actor is None and event.actor_name == "command line" and event.address == ""


@pytest.mark.parametrize("change", ["update", "delete", "save", "remove", "bulk"])
def test_models_refuse_to_change_or_delete_events(event, change):
    changes = {
        "update": lambda: Event.objects.update(verb="read"),
        "delete": lambda: Event.objects.all().delete(),
        "save": lambda: event.save(),
        "remove": lambda: event.delete(),
        "bulk": lambda: Event.objects.bulk_update([event], ["verb"]),
    }
    with pytest.raises(TypeError, match="never"):
        changes[change]()
    assert Event.objects.get().verb == "changed"


@pytest.mark.parametrize(
    "column", ["at", "actor_name", "address", "verb", "target_type", "target_id", "target_name", "reason"]
)
def test_the_database_refuses_to_change_each_column(event, column):
    value = "2020-01-01 00:00:00+00:00" if column == "at" else "other"
    assert refused(f"UPDATE audit_event SET {column} = %s", value)


def test_the_database_refuses_to_change_what_was_and_became(event):
    assert refused("""UPDATE audit_event SET "before" = '{}'""")
    assert refused("""UPDATE audit_event SET "after" = '{}'""")


def test_the_database_refuses_to_name_another_actor_and_to_delete(event, staff):
    other = User.objects.create_user("other")
    assert refused("UPDATE audit_event SET actor_id = %s", other.pk)
    assert refused("DELETE FROM audit_event")
    assert refused("UPDATE audit_event SET id = id + 1")


def test_an_event_outlives_who_did_it_and_to_whom(event, staff):
    staff.delete()
    stored = Event.objects.get()
    assert stored.actor is None and stored.actor_name == "staff" and stored.target_name == "staff"


def test_a_long_name_or_reason_is_cut(staff):
    event = record("read", staff, name="n" * 999, reason="r" * 9999)
    event.refresh_from_db()
    assert len(event.target_name) == 200 and len(event.reason) == 500


def test_only_differences_are_kept():
    assert differences({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": None}) == ({"b": 2}, {"b": 3})


def test_the_migration_can_be_taken_back_and_its_triggers_come_again(staff):
    record("added", staff)
    try:
        call_command("migrate", "audit", "zero", verbosity=0)
        assert "audit_event" not in connection.introspection.table_names()
    finally:
        call_command("migrate", verbosity=0)
    record("changed", staff)
    assert refused("DELETE FROM audit_event") and Event.objects.get().verb == "changed"


def test_emptying_the_whole_database_leaves_the_triggers(staff):
    record("added", staff)
    call_command("flush", interactive=False, verbosity=0)
    assert not Event.objects.exists()
    record("added")
    assert refused("DELETE FROM audit_event")
