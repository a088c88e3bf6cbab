"""The cases of a prompt in its file."""

from pathlib import Path
from textwrap import dedent

import pytest
from django.core.management import CommandError

from chatsite.audit.models import Event
from chatsite.prompts.case_files import FiledCase
from chatsite.prompts.checks import Check
from chatsite.prompts.file_format import BadFile, PromptFile, read, write
from chatsite.prompts.files import exported
from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.prompts.models.case import MAX_CASES
from tests.prompts.editing import edit

HEAD = "---\nname: Support\ncases: "
CHECKS = [
    None,
    Check("contains", "30 “days”"),
    Check("lacks", " never "),
    Check("matches", r"\d+ days"),
    Check("json"),
    Check("short", tokens=100),
    Check("ends"),
]


def case_file(cases: str) -> str:
    return f"{HEAD}{cases}\n---\nYou help."


def stored(prompt) -> dict[str, tuple]:
    return {case.name: (case.messages, case.expected) for case in prompt.cases.all()}


@pytest.fixture
def refund(prompt) -> PromptCase:
    """A case of several turns with a check."""
    said = ["Can I have my money back?\nIt broke.", "Why?", "---\nAs I said."]
    messages = [
        {"role": role, "text": text} for role, text in zip(("user", "assistant", "user"), said, strict=True)
    ]
    return prompt.cases.create(name="Refund: 30 days", messages=messages, check_kind="json")


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_a_file_says_what_a_case_was(check):
    cases = [FiledCase("A “b”: c", ["Hi\n---\n  there", "\u2028Why?", "你好"], check), FiledCase("B", ["x"])]
    prompt = PromptFile("Support", "You help.", cases=cases)
    assert read(write(prompt), "support.md") == prompt


@pytest.mark.parametrize("cases", [None, []])
def test_a_file_without_cases_is_not_one_that_has_no_word_of_them(cases):
    assert read(write(PromptFile("Support", "You help.", cases=cases)), "support.md").cases == cases


def test_each_case_has_a_line_of_its_own(prompt, refund):
    prompt.cases.create(name="A", messages=[{"role": "user", "text": "Hi"}])
    assert '\ncases: [\n  {"name": "A", "messages": ["Hi"]},\n  {"name": "Ref' in exported()["support.md"]


def test_what_was_exported_is_the_same_and_its_import_changes_nothing(refund, folder, run, prompt):
    before, changed = stored(prompt), refund.changed
    assert "All is as it should be." in run("check", folder)
    assert run("import", folder) == run("import", folder, "--publish") == "= Support v1\n"
    refund.refresh_from_db()
    assert (stored(prompt), refund.changed) == (before, changed)


def test_cases_of_another_site_are_added_once(refund, folder, run, prompt):
    before = stored(prompt)
    prompt.cases.all().delete()
    assert run("import", folder, "--dry-run").startswith("~ Support v1, cases: 1 added\n")
    assert not stored(prompt)
    assert run("import", folder) == "~ Support v1, cases: 1 added\n"
    assert run("import", folder) == "= Support v1\n"
    assert stored(prompt) == before


def test_a_changed_case_keeps_its_row_and_leaves_an_event(refund, folder, run, prompt):
    edit(folder, '"check": "json"', '"check": "short", "tokens": 50')
    assert run("import", folder) == "~ Support v1, cases: 1 changed\n"
    refund.refresh_from_db()
    assert refund.expected == Check("short", tokens=50)
    event = Event.objects.get(verb="imported")
    assert (event.target_name, event.reason) == ("Support", "~ Support v1, cases: 1 changed")


def test_cases_that_the_file_does_not_have_go_only_where_it_is_published(refund, folder, run, prompt, capsys):
    prompt.cases.create(name="Later", messages=[{"role": "user", "text": "Hi"}])
    assert run("import", folder) == "= Support v1\n"
    with pytest.raises(CommandError, match="1 difference"):
        run("check", folder)
    assert "Support: the cases differ." in capsys.readouterr().out
    assert run("import", folder, "--publish") == "~ Support v1, cases: 1 deleted\n"
    assert list(stored(prompt)) == ["Refund: 30 days"]


def test_a_file_that_has_no_word_of_cases_leaves_them_alone(refund, folder, run, prompt):
    (folder / "support.md").write_text("---\nname: Support\n---\nYou help.\n")
    run("import", folder, "--publish")
    assert list(stored(prompt)) == ["Refund: 30 days"]


def test_a_new_prompt_comes_with_its_cases(folder, run):
    (folder / "support.md").write_text(
        case_file('[\n  {"name": "Hi", "messages": ["Hello"], "check": "ends"}]').replace("Support", "New")
    )
    assert run("import", folder) == "+ New v1 (1 line, new), cases: 1 added\n"
    assert stored(SystemPrompt.objects.get(name="New")) == {
        "Hi": ([{"role": "user", "text": "Hello"}], Check("ends"))
    }


def one(more: str = "") -> str:
    return f'{{"name": "A", "messages": ["Hi"]{more}}}'


def checked(check: str) -> str:
    """A list with a case that has these parts of a check."""
    return f"[{one(f', {check}')}]"


@pytest.mark.parametrize(
    ("cases", "sentence"),
    [
        ("some", "support.md: “cases” is a JSON list. Expecting value in its line 1, column 1."),
        ('[\n  {"name": "A",\n  "messages" ["Hi"]}]', "in its line 3, column 14."),
        ("{}", "“cases” is a list of cases."),
        ("[3]", "Case 1 is not a JSON object."),
        (f"[{one()}, {{}}]", "Case 2 has no name of at most 100 characters."),
        ('[{"name": "\\ud800"}]', "Case 1 has no name"),
        (f"[{one()}, {one()}]", "Two cases have the name “A”."),
        (checked('"colour": 1'), "The case “A”: “colour” is not part of a case. Known: name, messages,"),
        (
            '[{"name": "A"}]',
            "The case “A”: “messages” is a list of texts: the person’s and the model’s by turns.",
        ),
        ('[{"name": "A", "messages": ["Hi", 3]}]', "The case “A”: Message 2 is not text that can be stored."),
        ('[{"name": "A", "messages": ["\\ud83d"]}]', "Message 1 is not text that can be stored."),
        ('[{"name": "A", "messages": ["Hi", "Yes?"]}]', "Message 2: The last message is the person’s"),
        ('[{"name": "A", "messages": ["Hi", " ", "x"]}]', "Message 2: Write this message"),
        ('[{"name": "A", "messages": ["%s"]}]' % ("x" * 70_000), "The messages have 69 KB together; 64 KB"),
        (checked('"check": "containz", "text": "x"'), "“containz” is not a check. Known: contains, lacks,"),
        (checked('"check": ["contains"]'), "is not a check. Known"),
        (checked('"check": "contains"'), "The case “A”: Write the text to look for."),
        (checked('"check": "json", "text": "x"'), "“text” is a part of these checks only: contains, la"),
        (checked('"tokens": 3'), "“tokens” is a part of these checks only: short."),
        (checked('"check": "short", "tokens": true'), "Give a number of tokens from 1 to 1,000,000."),
        (checked('"check": "matches", "text": "(x"'), "The case “A”: Python cannot read it: missing )"),
        (f"[{', '.join([one()] * (MAX_CASES + 1))}]", "It has 51 cases; 50 is the most."),
    ],
)
def test_a_wrong_case_is_refused_by_a_sentence_that_names_it(cases, sentence):
    with pytest.raises(BadFile) as refused:
        read(case_file(cases), "support.md")
    assert sentence in str(refused.value)


def test_a_folder_with_one_wrong_case_changes_nothing(refund, folder, run, prompt):
    (folder / "a.md").write_text('---\nname: A\ncases: [{"name": "B", "messages": []}]\n---\nText')
    edit(folder, "customers", "everybody")
    edit(folder, '"check": "json"', '"check": "ends"')
    with pytest.raises(CommandError, match=r"a\.md: The case “B”: “messages” is"):
        run("import", folder, "--publish")
    assert (prompt.versions.count(), stored(prompt)["Refund: 30 days"][1]) == (1, Check("json"))
    assert SystemPrompt.objects.count() == 1


def test_an_import_that_would_make_too_many_cases_changes_nothing(refund, folder, run, prompt):
    prompt.cases.update(name="Other")
    others = (
        PromptCase(prompt=prompt, name=str(number), messages=refund.messages)
        for number in range(MAX_CASES - 1)
    )
    PromptCase.objects.bulk_create(others)
    edit(folder, "customers", "everybody")
    with pytest.raises(CommandError, match="Support: It would have 51 cases; 50 is the most."):
        run("import", folder)
    assert prompt.versions.count() == 1


def test_the_example_in_the_documentation_can_be_read():
    page = (Path(__file__).parents[2] / "docs" / "prompt-files.md").read_text()
    example = page[page.index("    ---\n") : page.index("- A value is")]
    file = read(dedent(example).rstrip() + "\n", "support.md")
    assert (file.name, [case.check.kind for case in file.cases]) == (
        "Support assistant",
        ["contains", "short"],
    )
