"""The admin's pages of a prompt's cases."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User

from chatsite.audit.models import Event
from chatsite.prompts.checks import Check
from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.prompts.models.case import MAX_CASE_MESSAGES, MAX_CASES
from tests.prompts.editing import URL, said

REFUND = {"name": "Refund", "message_0": "Can I have my money back?"}


def add(editor, **fields):
    return editor.post("cases/add/", **REFUND | fields)


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_a_case_is_added_with_a_check_and_listed(root, prompt):
    assert add(root, check_kind="contains", check_text="30 days", check_tokens="7").status_code == 302
    case = prompt.cases.get()
    assert (case.expected, case.check_tokens) == (Check("contains", "30 days"), None)
    assert case.messages == [{"role": "user", "text": "Can I have my money back?"}]
    page = root.get("cases/")
    assert "Can I have my money back?" in page and "contains “30 days”" in page


def test_fields_that_the_form_does_not_have_are_left_out(root, prompt):
    names = ["message_" + "9" * 5000, "message_1000", "message_x"]
    body = urlencode(REFUND | dict.fromkeys(names, "More"))
    kind = "application/x-www-form-urlencoded"
    assert root.client.post(f"{URL}{prompt.pk}/cases/add/", body, content_type=kind).status_code == 302
    assert len(prompt.cases.get().messages) == 1


def test_a_case_has_several_turns_and_empty_ones_at_its_end_do_not_count(root, prompt):
    said_ = {"message_1": "Why?\r\n", "message_2": "  It broke.", "message_3": "", "message_4": " "}
    add(root, **said_)
    case = prompt.cases.get()
    assert [message["role"] for message in case.messages] == ["user", "assistant", "user"]
    assert case.messages[1]["text"] == "Why?\n" and case.question == "  It broke."
    assert case.expected is None


def test_a_field_of_no_message_is_left_out(root, prompt):
    typed = urlencode(REFUND | {f"message_{'9' * 5000}": "Hello?"})
    root.client.post(f"{URL}{prompt.pk}/cases/add/", typed, "application/x-www-form-urlencoded")
    assert len(prompt.cases.get().messages) == 1


def test_one_more_turn_keeps_what_was_typed_and_saves_nothing(root, prompt):
    page = said(add(root, name="", check_kind="json", _more="One more turn"))
    assert 'name="message_2"' in page and "Can I have my money back?</textarea>" in page
    assert '<option value="json" selected>' in page and "errornote" not in page
    assert not prompt.cases.exists()
    full = add(root, **{f"message_{number}": "x" for number in range(MAX_CASE_MESSAGES)}, _more="yes")
    assert f'name="message_{MAX_CASE_MESSAGES}"' not in said(full) and "One more turn" not in said(full)


def test_a_case_is_changed_and_what_another_check_needed_is_not_kept(root, prompt):
    add(root, check_kind="contains", check_text="30 days")
    case = prompt.cases.get()
    assert "30 days" in root.get(f"cases/{case.pk}/")
    root.post(f"cases/{case.pk}/", **REFUND, check_kind="short", check_text="30 days", check_tokens="200")
    changed = prompt.cases.get()
    assert (changed.expected, changed.changed > case.changed) == (Check("short", tokens=200), True)


def test_a_case_is_deleted_after_a_question(root, prompt):
    add(root)
    path = f"cases/{prompt.cases.get().pk}/delete/"
    assert "Delete the case" in root.get(path) and prompt.cases.exists()
    root.post(path)
    assert not prompt.cases.exists()


def test_what_is_done_with_cases_leaves_events(root, prompt):
    add(root)
    case = prompt.cases.get()
    root.post(f"cases/{case.pk}/", **REFUND | {"name": "Money back"})
    root.post(f"cases/{case.pk}/delete/")
    reasons = Event.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == [
        "Added the case “Refund”.",
        "Changed the case “Money back”.",
        "Deleted the case “Money back”.",
    ]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": ""}, "name", "Give the case a name."),
        ({"message_0": "  "}, "message_0", "Write what the person says."),
        ({"message_0": "a\0b"}, "message_0", "It has a character without a meaning (NUL)."),
        (
            {"message_1": "Why?"},
            "message_1",
            "The last message is the person’s: write what they say next, or delete this one.",
        ),
        ({"message_1": "", "message_2": "x"}, "message_1", "Write this message, or delete those after it."),
        ({"message_0": "x" * 65_537}, "message_0", "The messages have 65 KB together; 64 KB is the most."),
        ({"check_kind": "contains"}, "check_text", "Write the text to look for."),
        (
            {"check_kind": "matches", "check_text": "(a"},
            "check_text",
            "Python cannot read it: missing ), unterminated subpattern at position 0.",
        ),
        (
            {"check_kind": "short", "check_tokens": "0"},
            "check_tokens",
            "Give a number of tokens from 1 to 1,000,000.",
        ),
        (
            {"check_kind": "short", "check_tokens": "many"},
            "check_tokens",
            "Give a number of tokens from 1 to 1,000,000.",
        ),
    ],
)
def test_what_cannot_be_saved_is_refused_by_a_sentence_at_its_field(root, prompt, fields, field, sentence):
    assert errors(add(root, **fields)) == {field: [sentence]}
    assert not prompt.cases.exists()


def test_an_unknown_check_and_a_name_that_is_too_long_are_refused(root, prompt):
    found = errors(add(root, name="x" * 101, check_kind="magic"))
    assert set(found) == {"name", "check_kind"} and not prompt.cases.exists()


def test_two_cases_of_a_prompt_have_two_names(root, prompt):
    add(root)
    assert errors(add(root)) == {"name": ["There is a case “Refund” already."]}
    SystemPrompt.objects.create(name="Other").cases.create(name="Refund")
    case = prompt.cases.get()
    assert root.post(f"cases/{case.pk}/", **REFUND).status_code == 302


def test_a_prompt_has_a_bounded_number_of_cases(root, prompt):
    PromptCase.objects.bulk_create(PromptCase(prompt=prompt, name=f"{n}") for n in range(MAX_CASES))
    assert add(root).status_code == 302 and prompt.cases.count() == MAX_CASES
    page = root.get("cases/")
    assert "A prompt has at most 50 cases." in page and "Add a case" not in page


def test_who_may_only_see_prompts_sees_cases_and_changes_none(root, editor_of, prompt):
    add(root)
    bob = editor_of("bob", "view")
    page = bob.get("cases/")
    assert "Refund" in page and "Add a case" not in page and "Delete…" not in page
    for path in ("cases/add/", f"cases/{prompt.cases.get().pk}/", f"cases/{prompt.cases.get().pk}/delete/"):
        assert bob.post(path, **REFUND).status_code == 403
    assert User.objects.filter(username="bob").exists() and prompt.cases.count() == 1


def test_a_case_is_found_among_those_of_its_prompt_only(root):
    other = SystemPrompt.objects.create(name="Other").cases.create(name="x")
    assert root.client.get(f"{URL}{root.prompt.pk}/cases/{other.pk}/").status_code == 404
    assert root.client.post(f"{URL}{root.prompt.pk}/cases/{other.pk}/delete/").status_code == 404


def test_what_a_case_says_is_shown_as_text(root, prompt):
    add(root, name="<b>x", message_0="<script>alert(1)</script>")
    page = root.get("cases/")
    assert "<script>alert" not in page and "<b>x" not in page
