"""A prompt as a Markdown file: settings between two lines of dashes, then the text."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import slugify

from chatsite.prompts import case_files
from chatsite.prompts.case_files import BadCase, FiledCase
from chatsite.prompts.case_rules import UNSTORABLE

BOUNDARY = "---"
EVERYONE = "everyone"
ALL_MODELS = "all"
MAX_MODEL_CHARACTERS = 200
KEYS = ("name", "description", "for", "models", "offered", "default", "variables", "cases")
MAX_NAME_CHARACTERS = 100
MAX_DESCRIPTION_CHARACTERS = 200
# A text has 64 KB at most, and each case as much. What the admin uploads is bounded by the request as well.
MAX_FILE_BYTES = 8 * 1024 * 1024


class BadFile(Exception):
    """Its text is a sentence that names the file and says what is wrong with it."""


@dataclass(slots=True)
class PromptFile:
    """What a file says. groups: none means everyone. models: names; none means all. cases: None where it has no word of
    them."""

    name: str
    text: str
    description: str = ""
    groups: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    offered: bool = True
    default: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[FiledCase] | None = None

    def settings(self) -> dict:
        """Return all but the name, the text and the cases."""
        names = ("description", "groups", "models", "offered", "default", "variables")
        return {name: getattr(self, name) for name in names}


def write(prompt: PromptFile) -> str:
    """Return the file's content. `read` returns the same prompt."""
    head = {
        "name": prompt.name,
        "description": prompt.description,
        "for": sorted(prompt.groups) or EVERYONE,
        "models": sorted(prompt.models) or ALL_MODELS,
        "offered": prompt.offered,
        "default": prompt.default,
        "variables": dict(sorted(prompt.variables.items())),
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    if prompt.cases is not None:
        lines.append(f"cases: {case_files.written(prompt.cases)}")
    return "\n".join([BOUNDARY, *lines, BOUNDARY, prompt.text]) + "\n"


def read(content: str, path: str) -> PromptFile:
    """Return what a file says. Raises BadFile. `path`: for the sentence."""
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].strip() != BOUNDARY:
        raise BadFile(f"{path}: it does not begin with a line of three dashes and its settings.")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == BOUNDARY), None)
    if end is None:
        raise BadFile(f"{path}: no second line of three dashes ends its settings.")
    head = _head(lines[1:end], path)
    text = "\n".join(lines[end + 1 :]).removesuffix("\n")
    groups, models = head.get("for", EVERYONE), head.get("models", ALL_MODELS)
    return PromptFile(
        head["name"],
        text,
        head.get("description", ""),
        [] if groups == EVERYONE else groups,
        [] if models == ALL_MODELS else sorted(set(models)),
        head.get("offered", True),
        head.get("default", False),
        head.get("variables", {}),
        head.get("cases"),
    )


def _head(lines: list[str], path: str) -> dict:
    head = {}
    for line in _joined(lines):
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon or key not in KEYS:
            raise BadFile(f"{path}: “{line[:60]}” is not a setting. Known: {', '.join(KEYS)}.")
        head[key] = _value(value.strip())
    _check(head, path)
    return head


def _joined(lines: list[str]) -> list[str]:
    """Return the settings: an indented line continues the one before it."""
    found: list[str] = []
    for line in filter(str.strip, lines):
        if found and line[0] in " \t":
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def _value(written: str):
    """Return a value that is written as JSON; anything else is taken as a text."""
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written


def _check(head: dict, path: str) -> None:
    texts = {"name": MAX_NAME_CHARACTERS, "description": MAX_DESCRIPTION_CHARACTERS}
    for key, most in texts.items():
        if not _is_text(head.get(key, ""), most):
            raise BadFile(f"{path}: “{key}” is a text of at most {most} characters.")
    if not head.get("name"):
        raise BadFile(f"{path}: it has no name.")
    for key in ("offered", "default"):
        if not isinstance(head.get(key, True), bool):
            raise BadFile(f"{path}: “{key}” is true or false.")
    if not _is_list(head.get("for", EVERYONE), EVERYONE, 150):
        raise BadFile(f"{path}: “for” is {EVERYONE}, or a list of groups.")
    if not _is_list(head.get("models", ALL_MODELS), ALL_MODELS, MAX_MODEL_CHARACTERS):
        raise BadFile(f"{path}: “models” is {ALL_MODELS}, or a list of names of models.")
    variables = head.get("variables", {})
    if not isinstance(variables, dict) or not all(_is_text(each, 500) for each in variables.values()):
        raise BadFile(f"{path}: “variables” has a text for each name.")
    if "cases" in head:
        head["cases"] = _cases(head["cases"], path)


def _cases(value, path: str) -> list[FiledCase]:
    try:
        return case_files.read(value)
    except BadCase as error:
        raise BadFile(f"{path}: {error}") from error


def _is_list(value, for_all: str, most: int) -> bool:
    """Return whether a value is the word for all, or a list of texts."""
    is_list = isinstance(value, list) and all(_is_text(each, most) for each in value)
    return is_list or value == for_all


def _is_text(value, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and not UNSTORABLE.search(value)


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name for each prompt's name; alike ones are numbered."""
    found: dict[str, str] = {}
    for name in names:
        stem = slugify(name, allow_unicode=True) or "prompt"
        number, path = 1, f"{stem}.md"
        while path in found.values():
            number += 1
            path = f"{stem}-{number}.md"
        found[name] = path
    return found
