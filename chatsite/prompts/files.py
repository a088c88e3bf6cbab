"""Prompts as files: export them, import them as drafts, and list where the site and the files differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from chatsite.audit.recording import record
from chatsite.prompts.case_files import BadCase, CaseChanges, cases_of, store
from chatsite.prompts.file_format import BadFile, PromptFile, file_names, read, write
from chatsite.prompts.lint import refusals
from chatsite.prompts.models import PromptSnippet, PromptVariable, SystemPrompt, SystemPromptVersion
from chatsite.prompts.models.variable import OWN
from chatsite.prompts.publishing import now_of, release, save_draft
from chatsite.prompts.variables import BUILT_IN

NOTE = "from a file"


@dataclass(slots=True)
class Change:
    """What an import does with one prompt, or has done. lines: of its new text. settings: what differs, by name."""

    name: str
    number: int
    is_new: bool = False
    lines: int | None = None
    settings: tuple[str, ...] = ()
    published: bool = False
    cases: CaseChanges = CaseChanges()

    def __str__(self) -> str:
        settings = f", settings: {', '.join(self.settings)}" if self.settings else ""
        settings += f", cases: {self.cases}" if self.cases else ""
        if self.lines is None:
            return f"{'~' if settings else '='} {self.name} v{self.number}{settings}"
        new = ", new" if self.is_new else ""
        live = ", published" if self.published else ""
        return f"+ {self.name} v{self.number} ({self.lines} line{'' if self.lines == 1 else 's'}{new}{live}){settings}"


def exported(prompts: Iterable[SystemPrompt] | None = None) -> dict[str, str]:
    """Return the files of prompts by their names: their live text, or the newest one where nothing is live."""
    if prompts is None:
        prompts = SystemPrompt.objects.filter(archived=None)
    files = {prompt.name: as_file(prompt) for prompt in prompts}
    paths = file_names(files)
    return {paths[name]: write(file) for name, file in files.items() if file}


def as_file(prompt: SystemPrompt) -> PromptFile | None:
    """Return what a prompt's file says; None for a prompt without any text."""
    version = prompt.live or prompt.versions.first()
    if not version:
        return None
    return PromptFile(prompt.name, version.typed, cases=cases_of(prompt), **_settings(prompt))


def _settings(prompt: SystemPrompt) -> dict:
    return {
        "description": prompt.description,
        "groups": sorted(prompt.groups.values_list("name", flat=True)),
        "models": sorted(prompt.for_models),
        "offered": prompt.enabled,
        "default": prompt.is_default,
        "variables": dict(prompt.variables.values_list("name", "default")),
    }


def read_all(contents: Mapping[str, str]) -> list[PromptFile]:
    """Read files, and check them as the admin's page does. Raises BadFile."""
    files = [(path, read(content, path)) for path, content in sorted(contents.items())]
    names = [file.name for _, file in files]
    for path, file in files:
        if names.count(file.name) > 1:
            raise BadFile(f"{path}: two files have the name “{file.name}”.")
        _check(path, file)
    if sum(file.default for _, file in files) > 1:
        raise BadFile("Two files say that they are the default.")
    return [file for _, file in files]


def _check(path: str, file: PromptFile) -> None:
    wrong = [name for name in file.variables if not OWN.regex.match(name) or name in BUILT_IN]
    if wrong:
        raise BadFile(f"{path}: {wrong[0]} cannot be a variable’s name.")
    missing = set(file.groups) - set(
        Group.objects.filter(name__in=file.groups).values_list("name", flat=True)
    )
    if missing:
        raise BadFile(f"{path}: there is no group {', '.join(sorted(missing))} here.")
    own = [*file.variables, *PromptVariable.objects.filter(prompt=None).values_list("name", flat=True)]
    snippets = dict(PromptSnippet.objects.values_list("name", "text"))
    for sentence in refusals(file.text, own, snippets):
        raise BadFile(f"{path}: {sentence}")


def import_all(
    files: list[PromptFile], request=None, publish: bool = False, dry_run: bool = False
) -> list[Change]:
    """Save the texts as drafts, and the cases. `publish` also releases the texts, applies the settings, deletes cases
    that the files have not. dry_run changes nothing. Raises BadFile, and has changed nothing then."""
    with transaction.atomic():
        changes = [_import(file, request, publish) for file in files]
        if dry_run:
            transaction.set_rollback(True)
    return changes


def _import(file: PromptFile, request, publish: bool) -> Change:
    by = request and request.user
    prompt, is_new = SystemPrompt.objects.get_or_create(name=file.name)
    different = tuple(name for name, value in _settings(prompt).items() if value != file.settings()[name])
    if is_new or publish:
        _apply(prompt, file)
    newest = prompt.versions.first()
    version, is_draft = save_draft(prompt, file.text, by, NOTE, newest and newest.pk)
    live = now_of(prompt).live
    releases = publish and (not live or live.version != version.pk)
    if releases:
        release(prompt, version, by, NOTE)
    lines = len(file.text.splitlines()) if is_draft or releases else None
    cases = _store_cases(prompt, file, publish)
    change = Change(prompt.name, version.number, is_new, lines, () if is_new else different, releases, cases)
    if is_new or is_draft or releases or cases or publish and different:
        record("imported", prompt, request=request, reason=str(change))
    return change


def _store_cases(prompt: SystemPrompt, file: PromptFile, publish: bool) -> CaseChanges:
    if file.cases is None:
        return CaseChanges()
    try:
        return store(prompt, file.cases, delete_others=publish)
    except BadCase as error:
        raise BadFile(f"{file.name}: {error}") from error


def _apply(prompt: SystemPrompt, file: PromptFile) -> None:
    prompt.description, prompt.enabled = file.description, file.offered
    prompt.for_models = sorted(file.models)
    if file.default:
        prompt.make_default()
    prompt.is_default = file.default
    prompt.save()
    prompt.groups.set(Group.objects.filter(name__in=file.groups))
    prompt.variables.exclude(name__in=file.variables).delete()
    for name, value in file.variables.items():
        prompt.variables.update_or_create(name=name, defaults={"default": value})


def drift(files: list[PromptFile]) -> list[str]:
    """Return a sentence for each difference between the files and what people get."""
    site = {prompt.name: prompt for prompt in SystemPrompt.objects.filter(archived=None)}
    found = [f"{file.name}: the site does not have it." for file in files if file.name not in site]
    named = {file.name for file in files}
    found += [f"{name}: there is no file of it." for name in sorted(set(site) - named)]
    for file in files:
        if file.name in site:
            found += _differences(site[file.name], file)
    return found


def _differences(prompt: SystemPrompt, file: PromptFile) -> list[str]:
    live = prompt.live
    found = []
    if not live:
        found.append(f"{prompt.name}: nothing is published.")
    elif live.typed != file.text:
        found.append(f"{prompt.name}: the text of v{live.number}, which is live, differs from the file.")
    settings = file.settings()
    for name, value in _settings(prompt).items():
        if value != settings[name]:
            found.append(f"{prompt.name}: {name} differs.")
    if file.cases is not None and file.cases != cases_of(prompt):
        found.append(f"{prompt.name}: the cases differ.")
    return found


def damaged() -> list[str]:
    """Return a sentence for each version whose text is not the one that was saved."""
    return [
        f"{version.prompt} v{version.number}: its text is not the one that was saved."
        for version in SystemPromptVersion.objects.select_related("prompt")
        .order_by("prompt", "number")
        .iterator()
        if not version.is_whole
    ]
