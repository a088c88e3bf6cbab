"""Who may do what with prompts in the admin, and what needs a second person."""

import pytest
from django.contrib.auth.models import Group, User

from chatsite.prompts.models import SystemPrompt
from tests.prompts.editing import URL, live

PAGES = {
    "change/": ("view", "change"),
    "versions/": ("view", "change"),
    "versions/1/": ("view", "change"),
    "compare/": ("view", "change"),
    "releases/": ("view", "change"),
    "publish/1/": ("change", "publish"),
    "archive/": ("archive",),
}


def test_who_may_only_edit_asks_and_who_may_publish_answers(root, editor_of, prompt):
    bob = editor_of("bob", "view", "change")
    bob.save("You help everybody.")
    assert "Ask for approval" in bob.get("publish/2/")
    bob.publish(2, note="please")
    assert live(prompt) == 1
    asked = prompt.requests.get()
    assert "bob asks for approval of v2: please" in root.get()
    assert "Approve and publish" in root.get(f"requests/{asked.pk}/")
    root.post(f"requests/{asked.pk}/", _approve="yes")
    assert live(prompt) == 2
    assert prompt.releases.last().note == "please (asked for by bob)"


def test_a_second_person_must_not_have_written_any_of_it(root, editor_of, prompt):
    SystemPrompt.objects.update(needs_approval=True)
    prompt.refresh_from_db()
    bob = editor_of("bob", "view", "change", "publish", "approve")
    carol = editor_of("carol", "view", "change", "publish", "approve")
    bob.save("You help everybody.")
    root.save("You help everybody, always.")
    root.publish(3, note="better")
    asked = prompt.requests.get()
    for editor in (root, bob):
        assert "another person has to answer" in editor.get(f"requests/{asked.pk}/")
        editor.post(f"requests/{asked.pk}/", _approve="yes")
        assert live(prompt) == 1
    carol.post(f"requests/{asked.pk}/", _send_back="yes", note="Too wide.")
    asked.refresh_from_db()
    assert (asked.state, asked.answer, live(prompt)) == ("sent back", "Too wide.", 1)
    root.publish(3, note="better, now")
    carol.post(f"requests/{prompt.requests.first().pk}/", _approve="yes")
    assert live(prompt) == 3
    # What was approved once can be stopped from being replaced without asking.
    root.publish(1, follow="on")
    assert live(prompt) == 1


def test_a_new_name_makes_nobody_a_second_person(root, editor_of, prompt):
    SystemPrompt.objects.update(needs_approval=True)
    bob = editor_of("bob", "view", "change", "publish", "approve")
    bob.save("You help everybody.")
    root.publish(2, note="better")
    asked = prompt.requests.get()
    for name in ("bob", "anna"):
        User.objects.filter(username=name).update(username=f"{name}.new")
    for editor in (root, bob):
        assert "another person has to answer" in editor.get(f"requests/{asked.pk}/")
        editor.post(f"requests/{asked.pk}/", _approve="yes")
    assert live(prompt) == 1


def test_who_has_the_name_of_an_author_is_not_the_author(root, editor_of, prompt):
    SystemPrompt.objects.update(needs_approval=True)
    root.save("You help everybody.")
    root.publish(2, note="better")
    User.objects.filter(username="anna").update(username="anna.old")
    namesake = editor_of("anna", "view", "change", "publish", "approve")
    namesake.post(f"requests/{prompt.requests.get().pk}/", _approve="yes")
    assert live(prompt) == 2


def test_a_request_holds_for_its_version_only(root, editor_of, prompt):
    SystemPrompt.objects.update(needs_approval=True)
    root.save("You help everybody.")
    root.publish(2, note="first")
    root.save("You help everybody but Bob.")
    carol = editor_of("carol", "view", "change", "approve")
    asked = prompt.requests.get()
    assert "v3 by anna is newer and not part of this" in carol.get(f"requests/{asked.pk}/")
    carol.post(f"requests/{asked.pk}/", _approve="yes")
    assert live(prompt) == 2


def test_who_publishes_alone_cannot_decide_that_nobody_need_agree(editor_of, prompt):
    SystemPrompt.objects.update(needs_approval=True)
    bob = editor_of("bob", "view", "change", "publish")
    bob.save("You help customers.")
    prompt.refresh_from_db()
    assert prompt.needs_approval


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("verb", ["nothing", "view", "change", "publish", "approve", "archive"])
def test_each_page_is_for_those_who_may_do_what_it_is_for(editor_of, path, verb):
    editor = editor_of("bob", "view", verb) if verb != "nothing" else editor_of("bob")
    allowed = verb != "nothing" and bool({"view", verb} & set(PAGES[path]))
    assert editor.client.get(f"{URL}{editor.prompt.pk}/{path}").status_code == (200 if allowed else 403)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_sign_in(client, prompt, path):
    assert client.get(f"{URL}{prompt.pk}/{path}").status_code == 302


@pytest.mark.parametrize("path", ["versions/9/", "publish/9/", "compare/?a=9", "requests/9/", "unplan/9/"])
def test_what_is_not_there_is_not_found(root, path):
    assert root.client.get(f"{URL}{root.prompt.pk}/{path}").status_code == 404
    assert root.client.get(f"{URL}999/{path}").status_code in (404, 302)


def test_the_shipped_groups_can_do_what_they_are_for(editor_of, prompt):
    from django.apps import apps  # noqa: PLC0415

    from chatsite.prompts.permissions import GROUPS, make_groups  # noqa: PLC0415

    make_groups(apps, None)
    for name, may_publish in zip(GROUPS, (False, True), strict=True):
        editor = editor_of(name)
        User.objects.get(username=name).groups.add(Group.objects.get(name=name))
        editor.save(f"Text by {name}")
        page = editor.get(f"publish/{prompt.versions.first().number}/")
        assert ("Ask for approval" in page) != may_publish
