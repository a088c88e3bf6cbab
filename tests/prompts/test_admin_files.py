"""Prompts as files in the admin."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chatsite.audit.models import Event
from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.prompts.models.case import MAX_CASES
from tests.prompts.editing import URL, live, said


def upload(root, content: bytes, name="prompts.zip"):
    return root.client.post(f"{URL}import/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def zipped(**files: str) -> bytes:
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


def test_hidden_files_of_a_zip_are_left_out(root):
    files = {"a": "---\nname: A\n---\nOne.\n", "__MACOSX/._a": "\0\5\26\7"}
    assert "+ A v1 (1 line, new)" in said(upload(root, zipped(**files)))


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
        (zipped(**{"x/a": "One.", "y/a": "Two."}), "a.zip", "It has more than one file a.md."),
        (b'---\nname: "\\ud800"\n---\nx', "a.md", "“name” is a text"),
        (b'---\nname: A\nfor: ["\\ud800"]\n---\nx', "a.md", "“for” is everyone"),
        (b'---\nname: A\nvariables: {"a": "\\ud800"}\n---\nx', "a.md", "“variables” has a text"),
        (zipped(a="---\nname: A\n---\n{{ usr }}"), "a.zip", "a.md: There is no variable usr."),
        (b"x" * 9_000_000, "a.md", "a.md: it has more than 8 MB."),
        (
            zipped(**{f"a{number}": "x" * 8_000_000 for number in range(5)}),
            "a.zip",
            "Its files have more than 32 MB together.",
        ),
        (
            b'---\nname: A\ncases: [{"name": "B", "messages": []}]\n---\nx',
            "a.md",
            "a.md: The case “B”: “messages” is a list of texts",
        ),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_at_its_field(root, content, name, sentence):
    assert sentence in said(upload(root, content, name))
    assert SystemPrompt.objects.count() == 1


def test_cases_are_imported_and_leave_an_event(root, prompt, anna):
    case = '{"name": "Hi", "messages": ["Hello"], "check": "ends"}'
    file = f"---\nname: Support\ncases: [{case}]\n---\nYou help customers.\n"
    assert "~ Support v1, cases: 1 added" in said(upload(root, file.encode(), "support.md"))
    event = Event.objects.get(verb="imported")
    assert (event.actor, event.reason, prompt.cases.get().name) == (
        anna,
        "~ Support v1, cases: 1 added",
        "Hi",
    )


def test_cases_that_become_too_many_are_refused_at_the_field(root, prompt):
    messages = [{"role": "user", "text": "Hi"}]
    cases = (PromptCase(prompt=prompt, name=str(number), messages=messages) for number in range(MAX_CASES))
    PromptCase.objects.bulk_create(cases)
    file = '---\nname: Support\ncases: [{"name": "Hi", "messages": ["Hello"]}]\n---\nNew.\n'
    page = said(upload(root, file.encode(), "support.md"))
    assert "Support: It would have 51 cases; 50 is the most." in page
    assert prompt.versions.count() == 1


def test_only_who_may_add_and_change_prompts_imports_files(editor_of):
    assert editor_of("bob", "view", "change").client.get(f"{URL}import/").status_code == 403
    assert editor_of("carol", "view", "change", "add").client.get(f"{URL}import/").status_code == 200
