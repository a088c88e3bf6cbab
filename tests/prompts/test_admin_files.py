"""Prompts as files in the admin."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chatsite.prompts.models import SystemPrompt
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
