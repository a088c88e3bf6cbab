"""The admin's pages of prompts: saving changes nothing for people, publishing does."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone

from chatsite.prompts.models import PromptSnippet, PromptVariable, SystemPrompt
from chatsite.prompts.publishing import now_of

URL = "/admin/prompts/systemprompt/"
NO_VARIABLES = {"variables-TOTAL_FORMS": 0, "variables-INITIAL_FORMS": 0}


class Editor:
    """Somebody in the admin, with one browser."""

    def __init__(self, client, prompt: SystemPrompt) -> None:
        self.client, self.prompt = client, prompt

    def get(self, path="change/", **query) -> str:
        response = self.client.get(f"{URL}{self.prompt.pk}/{path}", query)
        assert response.status_code == 200, response
        return response.content.decode()

    def post(self, path, **fields):
        return self.client.post(f"{URL}{self.prompt.pk}/{path}", fields)

    def save(self, text: str, based_on=None, **fields):
        """Save a text on the page that was opened when `based_on` was the newest version; now, if it is not named."""
        based_on = based_on or self.prompt.versions.first()
        page = {
            "name": self.prompt.name,
            "text": text,
            "based_on": based_on.pk,
            "enabled": "on",
            **NO_VARIABLES,
        }
        if SystemPrompt.objects.get(pk=self.prompt.pk).needs_approval:
            page["needs_approval"] = "on"
        return self.post("change/", **page | fields)

    def publish(self, number=1, **fields):
        chosen = {"to": "all", "when": "now", "note": "because"}
        return self.post(f"publish/{number}/", **chosen | fields)


@pytest.fixture
def root(client, anna, prompt) -> Editor:
    client.force_login(anna)
    return Editor(client, prompt)


@pytest.fixture
def editor_of(prompt):
    """Makes somebody on the staff who may do these things with prompts."""
    from django.test import Client  # noqa: PLC0415

    def editor_of(name: str, *verbs: str) -> Editor:
        person = User.objects.create_user(name, is_staff=True)
        person.user_permissions.set(
            Permission.objects.filter(codename__in=[f"{verb}_systemprompt" for verb in verbs])
        )
        client = Client()
        client.force_login(person)
        return Editor(client, prompt)

    return editor_of


def said(response) -> str:
    return response.content.decode()


def live(prompt) -> int:
    return prompt.live.number


def test_a_prompt_made_in_the_admin_is_a_draft_that_nobody_gets(root, alice):
    page = {"name": "Careful", "text": "Be careful.", "note": "first try", "enabled": "on"}
    root.client.post(f"{URL}add/", page)
    prompt = SystemPrompt.objects.get(name="Careful")
    draft = prompt.versions.get()
    assert (draft.number, draft.text, draft.note, draft.author_name) == (
        1,
        "Be careful.",
        "first try",
        "anna",
    )
    assert prompt.live is None and prompt not in SystemPrompt.objects.usable_by(alice)


def test_a_save_makes_a_draft_and_the_same_text_again_makes_none(root, prompt):
    root.save("You help everybody.", note="wider")
    root.save("You help everybody.", name="Helpers")
    prompt.refresh_from_db()
    assert (prompt.name, prompt.versions.count(), live(prompt)) == ("Helpers", 2, 1)
    assert prompt.versions.first().based_on.number == 1


def test_lines_and_spaces_stay_as_they_were_typed(root, prompt):
    root.save("  One.\r\nTwo. \r\n")
    assert prompt.versions.first().text == "  One.\nTwo. \n"


def test_of_two_editors_the_second_one_sees_both_texts_and_loses_none(root, editor_of, prompt):
    opened = prompt.versions.first()
    editor_of("bob", "view", "change").save("You help customers. Be brief.", opened)
    response = root.save("You help customers in German.", opened)
    page = said(response)
    assert "bob saved v2 while you wrote." in page
    assert "You help customers in German.</textarea>" in page
    assert "<ins> in German</ins>" in page or "in German</ins>" in page
    assert prompt.versions.count() == 2
    root.save("You help customers in German. Be brief.")
    assert prompt.versions.first().number == 3


def test_the_same_change_by_two_editors_is_no_collision(root, editor_of, prompt):
    opened = prompt.versions.first()
    editor_of("bob", "view", "change").save("Same.", opened)
    assert root.save("Same.", opened).status_code == 302
    assert prompt.versions.count() == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "Hello {{ user.nmae }}",
            "There is no variable user.nmae. Did you mean user.name? Known: user.name,",
        ),
        ("Line\n{{ user.name", "In line 2, {{ has no }} after it."),
        ("x" * 65537, "The text has 64 KB; 64 KB is the most."),
        ("x\0y", "The text has a character without a meaning (NUL)."),
        ("  \n", "There is no text yet."),
        ('{{ snippet "tone" }}', "There is no snippet tone. There are none yet."),
    ],
)
def test_what_cannot_be_saved_is_refused_by_a_sentence_at_its_field(root, prompt, text, sentence):
    import html  # noqa: PLC0415

    response = root.save(text)
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors["text"]
    assert sentence in " ".join(errors)
    assert html.escape(sentence) in said(response)
    assert prompt.versions.count() == 1


def test_a_variable_that_is_added_with_the_text_is_known_in_it(root, prompt):
    added = {"variables-TOTAL_FORMS": 1, "variables-0-name": "company", "variables-0-default": "ACME"}
    assert root.save("{{ company }}", **added).status_code == 302
    assert prompt.variables.get().default == "ACME"
    assert prompt.versions.first().has_variables


def test_a_built_in_variable_cannot_be_made_ones_own(root):
    response = root.client.post("/admin/prompts/promptvariable/add/", {"name": "model", "default": "x"})
    assert "model is built in" in said(response)
    root.client.post("/admin/prompts/promptvariable/add/", {"name": "company", "default": "ACME"})
    assert PromptVariable.objects.get().name == "company"


def test_a_preview_shows_how_the_typed_text_reads_and_saves_nothing(root, prompt, alice):
    User.objects.filter(pk=alice.pk).update(first_name="Alice")
    page = said(root.save("Dear {{ user.name }}", _preview="Show", **{"as": "alice"}))
    assert "Dear Alice</pre>" in page and "errornote" not in page
    assert "There is no person “nobody” here." in said(root.save("Dear", _preview="Show", **{"as": "nobody"}))
    assert prompt.versions.count() == 1


def test_a_snippet_is_copied_when_a_draft_is_saved_and_its_change_is_told(root, prompt):
    snippet = PromptSnippet.objects.create(name="tone", text="Be kind, {{ user.name }}.")
    root.save('First. {{ snippet "tone" }}')
    version = prompt.versions.first()
    assert (version.text, version.source) == (
        "First. Be kind, {{ user.name }}.",
        'First. {{ snippet "tone" }}',
    )
    response = root.client.post(
        f"/admin/prompts/promptsnippet/{snippet.pk}/change/",
        {"name": "tone", "text": "Be strict."},
        follow=True,
    )
    assert "1 prompt uses an older “tone”: Support." in said(response)
    assert "an older copy of the snippet tone" in root.get()
    root.save('First. {{ snippet "tone" }}')
    assert prompt.versions.first().text == "First. Be strict."


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
    root.publish(2, when="later", at=later)
    assert "Planned: v2" in root.get()
    due = prompt.releases.last()
    assert "is planned for" in root.get(f"unplan/{due.pk}/")
    root.post(f"unplan/{due.pk}/", note="not yet")
    assert "Planned:" not in root.get()


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


PAGES = {
    "change/": ("view", "change"),
    "versions/": ("view", "change"),
    "versions/1/": ("view", "change"),
    "compare/": ("view", "change"),
    "releases/": ("view", "change"),
    "publish/1/": ("change", "publish"),
    "archive/": ("archive",),
}


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


def upload(root, content: bytes, name="prompts.zip"):
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    return root.client.post(f"{URL}import/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def zipped(**files: str) -> bytes:
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"folder/{name}.md", content)
    return written.getvalue()


def test_prompts_are_exported_and_imported_as_a_zip(root, prompt):
    chosen = {"action": "export_files", "_selected_action": [prompt.pk]}
    exported = root.client.post(URL, chosen)
    assert exported["Content-Type"] == "application/zip"
    assert "= Support v1" in said(upload(root, exported.content))
    page = said(
        upload(root, zipped(a="---\nname: A\n---\nOne.\nTwo.\n", b="---\nname: Support\n---\nNew.\n"))
    )
    assert "+ A v1 (2 lines, new)" in page and "+ Support v2 (1 line)" in page
    assert (live(prompt), SystemPrompt.objects.get(name="A").live) == (1, None)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.md", "a.md: it does not begin with a line of three dashes"),
        (b"\xff\xfe", "a.md", "a.md: it is not UTF-8."),
        (zipped(), "a.zip", "There is no Markdown file (.md) in it."),
        (zipped(a="x").replace(b"PK\1\2", b"PK\7\7"), "a.zip", "a.zip cannot be unpacked."),
        (
            zipped(a="x" * 200).replace(b"PK\1\2\x14\x03\x14", b"PK\1\2\x14\x03\xff"),
            "a.zip",
            "a.zip cannot be unpacked.",
        ),
        (b'---\nname: "\\ud800"\n---\nx', "a.md", "“name” is a text"),
        (b'---\nname: A\nfor: ["\\ud800"]\n---\nx', "a.md", "“for” is everyone"),
        (b'---\nname: A\nvariables: {"a": "\\ud800"}\n---\nx', "a.md", "“variables” has a text"),
        (zipped(a="---\nname: A\n---\n{{ usr }}"), "a.zip", "a.md: There is no variable usr."),
        (b"x" * 300_000, "a.md", "a.md: it has more than 256 KB."),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_at_its_field(root, content, name, sentence):
    assert sentence in said(upload(root, content, name))
    assert SystemPrompt.objects.count() == 1


def test_only_who_may_add_and_change_prompts_imports_files(editor_of):
    assert editor_of("bob", "view", "change").client.get(f"{URL}import/").status_code == 403
    assert editor_of("carol", "view", "change", "add").client.get(f"{URL}import/").status_code == 200
