"""Erasing people: what is asked, what happens at once, what happens after the wait, and how they are kept."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.conversations.models import Completion, Conversation
from chatsite.history.models import Import, Share
from chatsite.people.erasure import WAIT, housekeeping, keep, plan
from chatsite.people.models import Erasure
from chatsite.prompts.models import SystemPrompt
from chatsite.usage.ledger import Use, add
from chatsite.usage.models import UsageDay
from tests.people.erasing import PEOPLE, erase, kept, url, wait


def test_the_page_says_how_much_is_deleted_and_what_stays(client, staff, alice, bob, conversation):
    Conversation.objects.create(owner=bob)
    Share.objects.create(conversation=conversation)
    for number in range(12):
        Import.objects.create(owner=alice, name=f"{number}.json", size=1)
    for name in ("Neutral", "Strict"):
        SystemPrompt.objects.create(name=name).draft("You help.", alice)
        SystemPrompt.objects.get(name=name).draft("You help more.", alice)
    asked = client.get(url(alice)).content.decode()
    assert "1 conversation, 1 shared link, 12 imports" in asked
    assert "2 system prompts they wrote stay under their name." in asked
    assert "secret" not in asked and "Hello" not in asked


def test_a_reason_is_needed_and_nothing_happens_without_one(client, staff, alice, conversation):
    assert "Say why." in erase(client, alice, reason=" ")
    assert "Say why." in client.post(url(alice)).content.decode()
    assert User.objects.get(pk=alice.pk).is_active and kept() == (1, 4, 2)


@pytest.mark.parametrize("fields", [{}, {"post": "yes"}])
def test_djangos_own_page_and_action_lead_to_this_one_and_delete_nothing(
    client, staff, alice, bob, conversation, fields
):
    answer = client.post(f"{PEOPLE}{alice.pk}/delete/", fields)
    assert answer.status_code == 302 and answer.url == url(alice)
    several = {"action": "delete_selected", "_selected_action": [alice.pk, bob.pk]}
    assert client.post(PEOPLE, several | fields).url in (url(alice, bob), url(bob, alice))
    assert User.objects.filter(is_active=True).count() == 3 and kept() == (1, 4, 2)


def test_people_who_were_deleted_meanwhile_are_not_asked_about(client, staff, alice):
    chosen = {"action": "delete_selected", "_selected_action": [alice.pk]}
    User.objects.filter(pk=alice.pk).delete()
    page = client.post(PEOPLE, chosen, follow=True)
    assert "These people were deleted meanwhile." in page.content.decode()


def test_who_is_to_be_erased_is_out_at_once_and_loses_nothing_yet(client, staff, alice, conversation):
    theirs = Client()
    theirs.force_login(alice)
    said = erase(client, alice)
    assert "Deactivated, and to be erased on" in said and "will be erased on" in said
    assert theirs.get("/").status_code == 302 and not User.objects.get(pk=alice.pk).is_active
    assert Completion.objects.filter(stop_requested=True).count() == 2
    housekeeping()
    assert kept() == (1, 4, 2)


def test_after_the_wait_the_person_goes_and_what_the_site_needs_stays(database, alice, bob, conversation):
    Conversation.objects.create(owner=bob)
    prompt = SystemPrompt.objects.create(name="Neutral")
    prompt.publish("You help.", alice)
    add(Use(alice.pk, "large"))
    plan([alice], "She asked for it.", bob)
    wait(WAIT - timedelta(minutes=1))
    housekeeping()
    assert kept() == (2, 4, 2)
    wait(timedelta(minutes=1))
    housekeeping()
    assert kept() == (1, 0, 0) and not User.objects.filter(username="alice").exists()
    assert prompt.versions.get().author_name == "alice" and prompt.releases.get().by_name == "alice"
    assert UsageDay.objects.get().person_name == "alice"
    event = Event.objects.get(verb="erased")
    assert (event.actor_name, event.target_name) == ("the site", "alice")
    assert event.reason == "She asked for it. (asked for by bob)"


def test_who_has_much_is_deleted_in_many_short_transactions(database, alice):
    for _ in range(30):
        Conversation.objects.create(owner=alice).say(uuid4(), "Hello?", None)
    plan([alice], "Left.")
    wait()
    with CaptureQueriesContext(connection) as queries:
        housekeeping()
    transactions = [query["sql"] for query in queries if query["sql"].startswith("BEGIN")]
    assert len(transactions) > 30 and kept() == (0, 0, 0)


@pytest.mark.parametrize("was_active", [True, False])
def test_who_is_kept_is_as_before(client, root, alice, conversation, was_active):
    User.objects.filter(pk=alice.pk).update(is_active=was_active)
    erase(client, alice)
    page = client.get(f"{PEOPLE}{alice.pk}/change/").content.decode()
    assert "alice will be erased on" in page and "She asked for it." in page
    assert (
        "Kept, with everything as it was: alice."
        in client.post(f"{PEOPLE}{alice.pk}/keep/", follow=True).content.decode()
    )
    assert User.objects.get(pk=alice.pk).is_active == was_active
    wait()
    housekeeping()
    assert kept() == (1, 4, 2)
    verbs = Event.objects.order_by("pk").values_list("verb", "actor_name", "reason")
    assert list(verbs) == [("asked to erase", "root", "She asked for it."), ("kept", "root", "")]


def test_it_is_too_late_to_keep_who_is_being_erased(client, root, alice):
    erase(client, alice)
    wait()
    said = client.post(f"{PEOPLE}{alice.pk}/keep/", follow=True).content.decode()
    assert "It is too late to keep alice" in said and Erasure.objects.exists()


def test_asking_twice_changes_neither_the_date_nor_who_asked(database, alice, bob):
    plan([alice], "First.")
    wait(timedelta(days=1))
    due = Erasure.objects.get().due
    assert plan([alice, bob], "Second.") == [Erasure.objects.get(person=bob)]
    assert (Erasure.objects.get(person=alice).due, Erasure.objects.get(person=alice).reason) == (
        due,
        "First.",
    )
    keep(alice)
    assert User.objects.get(pk=alice.pk).is_active


def test_who_was_activated_by_other_means_is_not_erased(alice, conversation):
    plan([alice], "Left.")
    User.objects.update(is_active=True)
    wait()
    housekeeping()
    assert kept() == (1, 4, 2)


def test_nobody_is_activated_in_passing(client, root, alice):
    erase(client, alice)
    fields = {"action": "activate", "_selected_action": [alice.pk]}
    assert "To be erased: alice." in client.post(PEOPLE, fields, follow=True).content.decode()
    form = {"username": "alice", "is_active": "on"}
    assert client.post(f"{PEOPLE}{alice.pk}/change/", form).status_code == 302
    assert not User.objects.get(pk=alice.pk).is_active


def test_several_are_erased_together_and_the_list_finds_them(client, root, alice, bob, mallory):
    assert "2 people" in client.get(url(alice, bob)).content.decode()
    erase(client, alice, bob)
    assert Erasure.objects.count() == 2
    found = client.get(f"{PEOPLE}?erasure=planned").content.decode()
    due = timezone.localtime(Erasure.objects.first().due)
    assert found.count(f"will be erased on {due.day} {due:%B}") == 2 and "mallory" not in found


def test_a_command_erases_and_keeps(database, alice, capsys):
    call_command("erase", "alice", reason="She asked for it.")
    assert "alice will be erased on" in capsys.readouterr().out
    assert not User.objects.get(pk=alice.pk).is_active
    assert Event.objects.get().actor_name == "command line"
    call_command("erase", "alice", keep=True)
    assert User.objects.get(pk=alice.pk).is_active
    for options, words in [({"reason": " "}, "Say why"), ({"keep": True}, "Nobody has asked to erase alice")]:
        with pytest.raises(CommandError, match=words):
            call_command("erase", "alice", **options)
    with pytest.raises(CommandError, match="There is nobody named carol"):
        call_command("erase", "carol", reason="x")
