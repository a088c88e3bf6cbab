"""The admin's pages of prompts: saving changes nothing for people."""

import pytest
from django.contrib.auth.models import User

from chatsite.audit.models import Event
from chatsite.prompts.models import PromptSnippet, PromptVariable, SystemPrompt
from chatsite.providers.models import Model, Provider
from tests.prompts.editing import URL, live, said


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
    assert "<ins> in German</ins>" in page
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


def test_a_prompt_can_be_for_some_models_and_keeps_those_that_are_gone(root, prompt):
    provider = Provider.objects.create(name="Mine", base_url="http://127.0.0.1:9/v1")
    large = Model.objects.create(provider=provider, name="large")
    assert root.save("You help.", for_models=["large"]).status_code == 302
    prompt.refresh_from_db()
    assert prompt.for_models == ["large"]
    assert "everyone, with large" in said(root.client.get(URL))
    large.delete()
    assert '<option value="large" selected>' in root.get()
    assert Event.objects.get(target_id=prompt.pk).after["for_models"] == "['large']"


def test_a_prompt_cannot_be_for_a_model_that_nobody_offers(root, prompt):
    assert "nowhere is not one of the available choices" in said(
        root.save("You help.", for_models=["nowhere"])
    )
