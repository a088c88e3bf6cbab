"""Variables in a prompt's text: `{{ user.name }}`. A value is put in as text, and never read for variables again."""

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches

BUILT_IN = {
    "user.name": "the person’s name",
    "user.language": "the language of the site’s pages",
    "groups": "the person’s groups",
    "date": "today, as in 3 March 2026",
    "weekday": "as in Tuesday",
    "time": "as in 14:05; changes each minute",
    "model": "the model that answers",
    "site.name": "the name of this site",
}
OWN_NAME = "[a-z][a-z0-9_]*"
# Four braces stand for two; then names and snippets; then braces that nothing closes.
MARK = re.compile(r"\{\{\{\{|\{\{\s*([^{}]*?)\s*\}\}|\{\{")
SNIPPET = re.compile(rf'snippet\s+["“”]({OWN_NAME})["“”]')
MAX_VALUE_CHARACTERS = 100
MAX_OWN_VALUE_CHARACTERS = 500


def uses_variables(text: str) -> bool:
    return "{{" in text


def names(text: str) -> list[str]:
    """Return what stands between braces, in order, each once; snippets too."""
    return list(dict.fromkeys(mark[1] for mark in MARK.finditer(text) if mark[1] is not None))


def snippet_name(inside: str) -> str | None:
    """Return the name of the snippet that stands between braces; None for anything else."""
    found = SNIPPET.fullmatch(inside)
    return found[1] if found else None


def unclosed_line(text: str) -> int | None:
    """Return the line of the first braces that nothing closes; None where there are none."""
    for mark in MARK.finditer(text):
        if mark[0] == "{{":
            return text.count("\n", 0, mark.start()) + 1
    return None


def render(text: str, values: Mapping[str, str]) -> str:
    """Return the text with values in place of variables. An unknown one stays as it was typed."""

    def value(mark: re.Match[str]) -> str:
        if mark[0] == "{{{{":
            return "{{"
        return values.get(mark[1], mark[0]) if mark[1] is not None else mark[0]

    return MARK.sub(value, text)


def with_snippets(text: str, snippets: Mapping[str, str]) -> str:
    """Return the text with a copy of each snippet in the place of its name."""

    def copy(mark: re.Match[str]) -> str:
        name = snippet_name(mark[1]) if mark[1] is not None else None
        return snippets.get(name, mark[0]) if name else mark[0]

    return MARK.sub(copy, text)


def one_line(value: str, most: int = MAX_VALUE_CHARACTERS) -> str:
    """Return a value as it may stand in a prompt: a person’s name cannot add lines of instructions."""
    return " ".join("".join(each if each.isprintable() else " " for each in value).split())[:most]


def of_moment(now: datetime) -> dict[str, str]:
    """Return the values that a time gives."""
    return {"date": f"{now.day} {now:%B %Y}", "weekday": f"{now:%A}", "time": f"{now:%H:%M}"}


def unknown_sentence(name: str, known: list[str]) -> str:
    """Return the sentence that refuses a name."""
    nearest = get_close_matches(name, known, n=1, cutoff=0.5)
    suggestion = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"There is no variable {name or '(without a name)'}.{suggestion} Known: {', '.join(known)}."
