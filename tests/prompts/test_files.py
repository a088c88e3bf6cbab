"""Prompts as files: what is exported is imported as it was, and differences are listed."""

import pytest
from django.core.management import CommandError
from django.db import connection

from chatsite.prompts.file_format import BadFile, PromptFile, file_names, read, write
from chatsite.prompts.models import PromptSnippet, SystemPrompt
from tests.prompts.editing import edit


@pytest.mark.parametrize(
    "text", ["One.", "One.\n", "\nOne.  \n\n", "---\nname: no\n---", "Ünïcödé 你好", "a: b"]
)
def test_a_file_says_what_the_prompt_was(text):
    prompt = PromptFile("Näme: 1", text, "a: b", ["A, B", "C"], ["gpt: 1"], False, True, {"x": "“1”"})
    assert read(write(prompt), "x.md") == prompt


def test_a_file_written_by_hand_needs_no_quotes():
    prompt = read('---\nname: Support\nfor: ["Sales"]\n---\nYou help.\n', "support.md")
    assert (prompt.name, prompt.groups, prompt.text, prompt.offered) == (
        "Support",
        ["Sales"],
        "You help.",
        True,
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("You help.", "support.md: it does not begin with a line of three dashes"),
        ("---\nname: Support", "no second line of three dashes"),
        ("---\nname: Support\ncolour: red\n---\nx", "“colour: red” is not a setting. Known: name,"),
        ("---\noffered: true\n---\nx", "it has no name"),
        ('---\nname: "A\\u0000"\n---\nx', "“name” is a text of at most 100 characters"),
        ("---\nname: Support\noffered: perhaps\n---\nx", "“offered” is true or false"),
        ("---\nname: Support\nfor: Sales\n---\nx", "“for” is everyone, or a list of groups"),
        ("---\nname: Support\nmodels: large\n---\nx", "“models” is all, or a list of names of models"),
        ('---\nname: Support\nvariables: ["a"]\n---\nx', "“variables” has a text for each name"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, sentence):
    with pytest.raises(BadFile, match=sentence):
        read(content, "support.md")


def test_names_that_are_alike_have_files_of_their_own():
    assert file_names(["A b", "a-b", "你好", "!"]) == {
        "A b": "a-b.md",
        "a-b": "a-b-2.md",
        "你好": "你好.md",
        "!": "prompt.md",
    }


def test_what_was_exported_is_the_same_and_its_import_changes_nothing(folder, run, prompt):
    assert [path.name for path in folder.iterdir()] == ["support.md"]
    assert "All is as it should be." in run("check", folder)
    assert run("import", folder) == "= Support v1\n"
    assert run("import", folder, "--publish") == "= Support v1\n"
    assert (prompt.versions.count(), prompt.releases.count()) == (1, 1)


def test_a_changed_file_is_imported_as_a_draft(folder, run, prompt):
    edit(folder, "customers", "{{ company }}\nand others")
    assert run("import", folder, "--dry-run") == "+ Support v2 (2 lines)\nNothing was changed.\n"
    assert prompt.versions.count() == 1
    assert run("import", folder) == "+ Support v2 (2 lines)\n"
    assert (prompt.versions.first().text, prompt.live.number) == ("You help {{ company }}\nand others.", 1)


def test_differences_end_the_check_with_1(folder, run, prompt, capsys):
    edit(folder, "customers", "everybody")
    edit(folder, "offered: true", "offered: false")
    SystemPrompt.objects.create(name="Other").publish("Other.")
    with pytest.raises(CommandError, match="3 differences"):
        run("check", folder)
    said = capsys.readouterr().out
    for sentence in (
        "the text of v1, which is live, differs",
        "Support: offered differs.",
        "Other: there is no file",
    ):
        assert sentence in said


def test_an_import_that_publishes_puts_texts_and_settings_in_force(folder, run, prompt):
    edit(folder, "customers", "everybody")
    edit(folder, '["Sales"]', "everyone")
    edit(folder, '"ACME"', '"ACME Ltd"')
    said = run("import", folder, "--publish")
    assert said == "+ Support v2 (1 line, published), settings: groups, variables\n"
    assert (prompt.live.text, prompt.groups.count(), prompt.variables.get().default) == (
        "You help everybody.",
        0,
        "ACME Ltd",
    )
    assert "All is as it should be." in run("check", folder)


def test_a_new_file_makes_a_prompt_that_nobody_gets_yet(folder, run, prompt, alice):
    (folder / "brief.md").write_text('---\nname: Brief\ndescription: "Short answers"\n---\nBe brief.\n')
    assert "+ Brief v1 (1 line, new)" in run("import", folder)
    brief = SystemPrompt.objects.get(name="Brief")
    assert (brief.description, brief.live) == ("Short answers", None)
    run("import", folder, "--publish")
    assert list(SystemPrompt.objects.usable_by(alice)) == [brief]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "---\nname: A\n---\nHello {{ user.nmae }}",
            "a.md: There is no variable user.nmae. Did you mean user.name?",
        ),
        ('---\nname: A\nfor: ["Nobody"]\n---\nx', "a.md: there is no group Nobody here"),
        ("---\nname: Support\n---\nx", "two files have the name “Support”"),
        ('---\nname: A\nvariables: {"Big": "x"}\n---\nx', "Big cannot be a variable’s name"),
        ("---\nname: A\n---\n", "There is no text yet"),
    ],
)
def test_a_folder_with_one_bad_file_changes_nothing(folder, run, content, sentence):
    (folder / "a.md").write_text(content)
    edit(folder, "customers", "everybody")
    with pytest.raises(CommandError, match=sentence):
        run("import", folder, "--publish")
    assert SystemPrompt.objects.get().versions.count() == 1


def test_a_folder_that_is_not_there_is_told(run, tmp_path, db):
    with pytest.raises(CommandError, match="is not a folder"):
        run("import", tmp_path / "nothing")
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="file is not a folder."):
        run("export", tmp_path / "file")


def test_snippets_stay_names_in_files(run, prompt, tmp_path):
    PromptSnippet.objects.create(name="tone", text="Be kind.")
    prompt.publish("First.")
    (tmp_path / "a.md").write_text('---\nname: A\n---\nFirst. {{ snippet "tone" }}\n')
    run("import", tmp_path, "--publish")
    a = SystemPrompt.objects.get(name="A")
    assert a.live.text == "First. Be kind."
    run("export", tmp_path / "again")
    assert '{{ snippet "tone" }}' in (tmp_path / "again" / "a.md").read_text()


def test_a_text_that_is_not_the_one_that_was_saved_is_found(run, prompt, capsys):
    assert "All is as it should be." in run("check")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO prompts_systempromptversion (prompt_id, number, text, source, snippets, has_variables, sha256,"
            " tokens, author_name, note, made) VALUES (%s, 2, 'Changed.', '', '{}', %s, 'abc', 1, '', '', %s)",
            [prompt.pk, False, prompt.versions.first().made],
        )
    with pytest.raises(CommandError, match="1 difference"):
        run("check")
    assert "Support v2: its text is not the one that was saved." in capsys.readouterr().out


def test_the_models_that_a_prompt_is_for_are_in_its_file(folder, run, prompt):
    assert 'models: "all"' in (folder / "support.md").read_text()
    edit(folder, 'models: "all"', 'models: ["small", "large"]')
    assert run("import", folder, "--publish").endswith("settings: models\n")
    prompt.refresh_from_db()
    assert prompt.for_models == ["large", "small"]
