"""Publishing, trials, rolling back and archiving in the admin."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from chatsite.prompts.admin.forms import PublishForm
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.publishing import now_of
from tests.prompts.editing import URL, Editor, live, said


def test_publishing_says_what_will_happen_first(root, prompt, alice):
    root.save("You help everybody, always.")
    page = root.get("publish/2/")
    for words in ("everyone", "people", "with a message in the last 7 days", "more", "<del>customers</del>"):
        assert words in page, words
    assert live(prompt) == 1
    root.publish(2)
    assert live(prompt) == 2
    release = prompt.releases.last()
    assert (release.by_name, release.note, release.follow) == ("anna", "because", False)
    assert LogEntry.objects.filter(change_message__contains="Published v2").exists()


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"to": "share", "share": "0"}, "share", "A share is from 1 to 99 %."),
        ({"to": "share", "share": "101"}, "share", "A share is from 1 to 99 %."),
        ({"to": "share", "share": ""}, "share", "A share is from 1 to 99 %."),
        ({"when": "later", "at": ""}, "at", "Say when."),
        ({"when": "later", "at": "2020-01-01T08:00"}, "at", "This time is over."),
        ({"when": "later", "at": "soon"}, "at", "Give a date and a time"),
        ({"note": " "}, "note", "Say what changes, and why."),
    ],
)
def test_what_cannot_be_published_is_refused_at_its_field(root, prompt, fields, field, sentence):
    root.save("You help everybody.")
    response = root.publish(2, **fields)
    assert sentence in " ".join(response.context["form"].errors[field])
    assert live(prompt) == 1 and now_of(prompt).trial is None


def test_a_trial_grows_and_stops(root, prompt):
    root.save("You help everybody.")
    root.publish(2, to="share", share="20")
    first = now_of(prompt).trial
    assert "On trial: v2" in root.get() and "?share=50" in root.get()
    assert 'value="50"' in root.get("publish/2/", share=50)
    root.publish(2, to="share", share="50")
    assert (now_of(prompt).trial.share, now_of(prompt).trial.root) == (50, first.root)
    assert "v2 goes to 50 % of new conversations" in root.get("stop/")
    root.post("stop/", note="worse", follow="on")
    assert now_of(prompt).trial is None and live(prompt) == 1
    assert "stopped v2" in root.get("releases/")


def test_a_trial_needs_something_for_the_others(root):
    root.client.post(f"{URL}add/", {"name": "New", "text": "First.", "enabled": "on"})
    new = Editor(root.client, SystemPrompt.objects.get(name="New"))
    assert "Publish it to all first." in said(new.publish(1, to="share", share="10"))


def test_what_is_planned_can_be_taken_off_the_plan(root, prompt):
    root.save("You help everybody.")
    later = timezone.localtime(timezone.now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%S")
    with timezone.override("Asia/Kolkata"):
        assert "By the clock of Asia/Kolkata." in PublishForm().as_p()
    root.publish(2, when="later", at=later)
    said_then = f"Planned: v2, for all new conversations from {int(later[8:10])} "
    assert LogEntry.objects.filter(change_message__contains=said_then).exists()
    assert "Planned: v2" in root.get() and "(planned)" in root.get("releases/")
    due = prompt.releases.last()
    assert "is planned for" in root.get(f"unplan/{due.pk}/")
    root.post(f"unplan/{due.pk}/", note="not yet")
    assert "Planned: v2" not in root.get()
    releases = root.get("releases/")
    assert "(taken off the plan)" in releases and "(planned)" not in releases


def test_rolling_back_is_one_page_with_running_conversations_following(root, prompt):
    root.save("You help nobody.")
    root.publish(2)
    assert "Roll back to this" in root.get("versions/")
    page = root.get("publish/1/")
    assert (
        "Roll back to v1" in page
        and 'name="follow" aria-describedby="id_follow_helptext" id="id_follow" checked' in page
    )
    root.publish(1, follow="on")
    assert live(prompt) == 1
    assert prompt.releases.last().kind == "rollback"


def test_an_earlier_text_is_restored_as_a_draft(root, prompt):
    root.save("You help nobody.")
    root.post("versions/1/restore/")
    newest = prompt.versions.first()
    assert (newest.number, newest.text, newest.note) == (3, "You help customers.", "Text of v1")


def test_an_earlier_text_is_not_restored_over_what_somebody_has_saved_since(root, prompt):
    root.save("You help nobody.")
    assert 'name="newest" value="2"' in root.get("versions/1/")
    root.save("You help everybody.")
    response = root.client.post(
        f"/admin/prompts/systemprompt/{prompt.pk}/versions/1/restore/", {"newest": 2}, follow=True
    )
    assert "Somebody has saved v3 since. Look at it first; then restore v1" in response.content.decode()
    assert prompt.versions.first().number == 3


def test_versions_are_listed_and_drafts_that_were_never_published_are_folded(root, prompt):
    for number in range(4):
        root.save(f"Draft {number}")
    page = root.get("versions/")
    assert "3 drafts that were never published" in page
    assert ">v3<" not in page and ">v5<" in page
    assert ">v3<" in root.get("versions/", drafts="")


def test_two_versions_are_compared_word_by_word(root):
    root.save("You help customers quickly.")
    page = root.get("compare/")
    assert "<ins> quickly</ins>" in page
    assert root.client.get(f"{URL}{root.prompt.pk}/compare/?a=99").status_code == 404
    assert root.client.get(f"{URL}{root.prompt.pk}/compare/?a=x").status_code == 404


def test_what_was_in_force_on_a_date_is_told(root):
    assert "nothing." in root.get("releases/", at="2020-01-01T08:00")
    assert "v1 for all" in root.get("releases/", at="2026-10-01T08:00")
    assert "Give a date and a time" in root.get("releases/", at="yesterday")
    for end in ("0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"):
        assert "Give a date and a time" in root.get("releases/", at=end)


def test_a_prompt_is_archived_and_brought_back(root, prompt, alice):
    assert "will be offered to nobody" in root.get("archive/")
    root.post("archive/", note="old")
    assert not SystemPrompt.objects.usable_by(alice)
    assert root.client.get(URL).context["cl"].result_count == 0
    listed = root.client.get(f"{URL}?state=archived")
    assert "Support" in said(listed)
    root.client.post(
        f"{URL}?state=archived", {"action": "bring_back", "_selected_action": [prompt.pk]}, follow=True
    )
    assert SystemPrompt.objects.usable_by(alice)


def test_several_prompts_are_archived_at_once(root, prompt):
    SystemPrompt.objects.create(name="Other").publish("Other.")
    chosen = {
        "action": "archive_prompts",
        "_selected_action": list(SystemPrompt.objects.values_list("pk", flat=True)),
    }
    response = root.client.post(URL, chosen, follow=True)
    assert "“Other” will be offered" in said(response) and "“Support” will be offered" in said(response)
    root.client.post(response.redirect_chain[-1][0], {"note": "both"})
    assert not SystemPrompt.objects.filter(archived=None).exists()


@pytest.mark.parametrize("chosen", ["9" * 30, "9" * 5000, "one"])
def test_numbers_that_name_no_prompt_choose_none(root, chosen):
    assert "“Support” will be offered to nobody" in root.get("archive/", prompts=chosen)


def test_a_prompt_is_never_deleted(root, prompt):
    assert root.client.get(f"{URL}{prompt.pk}/delete/").status_code == 403
    assert "deletelink" not in root.get()


def test_the_newest_default_is_the_only_one(root):
    for name in ("Brief", "Long"):
        page = {"name": name, "text": f"Be {name}.", "enabled": "on", "is_default": "on"}
        root.client.post(f"{URL}add/", page)
    assert SystemPrompt.objects.get(is_default=True).name == "Long"


def test_the_list_says_where_each_prompt_stands_with_a_fixed_number_of_statements(
    root, prompt, django_assert_max_num_queries
):
    root.save("You help everybody.")
    page = said(root.client.get(URL))
    assert "v1, by anna" in page and "v2, by anna" in page and "everyone" in page
    for number in range(20):
        SystemPrompt.objects.create(name=f"Prompt {number}").publish("Text.")
    with django_assert_max_num_queries(16):
        root.client.get(URL)
    assert "Support" in said(root.client.get(f"{URL}?state=draft"))
    assert "Nothing matches." in said(root.client.get(f"{URL}?state=trial"))
