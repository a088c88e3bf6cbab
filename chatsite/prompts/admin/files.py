"""Export and import of prompts as files on the list's page: a zip of what `manage.py prompts export` writes."""

import io
import zipfile
import zlib
from collections import Counter
from lzma import LZMAError
from pathlib import PurePosixPath

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from chatsite.prompts.admin.pages import address, may
from chatsite.prompts.file_format import MAX_FILE_BYTES, BadFile
from chatsite.prompts.files import Change, exported, import_all, read_all

MAX_FILES = 500
# Of all files of a zip, unpacked.
MAX_BYTES = 32 * 1024 * 1024
# What zipfile raises about files that are damaged, encrypted or of a kind that it does not know.
UNREADABLE = (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError, zlib.error, LZMAError)


class ImportForm(forms.Form):
    """A Markdown file of one prompt, or a zip of several."""

    file = forms.FileField(
        label="A zip of Markdown files, or one of them",
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            return read_all(_contents(file))
        except BadFile as error:
            raise forms.ValidationError(str(error)) from error


def export_response(prompts) -> HttpResponse:
    """Return a zip of the prompts' files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in exported(prompts).items():
            archive.writestr(name, content)
    headers = {"Content-Disposition": 'attachment; filename="prompts.zip"'}
    return HttpResponse(written.getvalue(), content_type="application/zip", headers=headers)


def import_page(admin, request):
    """GET shows the form; POST saves what is in the file as drafts."""
    if not (may(request, "change") and may(request, "add")):
        raise PermissionDenied
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (changes := _imported(form, request)) is not None:
        for change in changes:
            admin.message_user(request, str(change), messages.SUCCESS)
        admin.message_user(request, "Nobody gets these texts before they are published.")
        return HttpResponseRedirect(address("changelist"))
    title = "Import prompts as drafts"
    context = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": title, "form": form}
    return TemplateResponse(request, "admin/prompts/systemprompt/import.html", context)


def _imported(form: ImportForm, request) -> list[Change] | None:
    """Return what was imported; None where the form says why nothing was."""
    try:
        return import_all(form.cleaned_data["file"], request)
    except BadFile as error:
        form.add_error("file", str(error))
        return None


def _contents(file) -> dict[str, str]:
    """Return the texts of a file's Markdown files by their names. Raises BadFile."""
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return {file.name: _text(file.read(MAX_FILE_BYTES + 1), file.name)}
    with _opened(file) as archive:
        names = [name for name in archive.namelist() if _is_markdown(PurePosixPath(name))]
        if not names:
            raise BadFile("There is no Markdown file (.md) in it.")
        if len(names) > MAX_FILES:
            raise BadFile(f"It has {len(names):,} files; {MAX_FILES} is the most.")
        if sum(archive.getinfo(name).file_size for name in names) > MAX_BYTES:
            raise BadFile(f"Its files have more than {MAX_BYTES // 1024**2} MB together.")
        if twice := [base for base, count in Counter(map(_base, names)).items() if count > 1]:
            raise BadFile(f"It has more than one file {twice[0]}.")
        return {_base(name): _unpacked(archive, name) for name in names}


def _is_markdown(path: PurePosixPath) -> bool:
    """Leave out hidden files: macOS puts one, which is not text, beside each file."""
    return path.suffix == ".md" and not path.name.startswith(".")


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _opened(file) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except UNREADABLE as error:
        raise BadFile(f"{file.name} cannot be unpacked.") from error


def _unpacked(archive: zipfile.ZipFile, name: str) -> str:
    try:
        with archive.open(name) as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except UNREADABLE as error:
        raise BadFile(f"{name} cannot be unpacked.") from error
    return _text(raw, name)


def _text(raw: bytes, name: str) -> str:
    if len(raw) > MAX_FILE_BYTES:
        raise BadFile(f"{name}: it has more than {MAX_FILE_BYTES // 1024**2} MB.")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise BadFile(f"{name}: it is not UTF-8.") from error
