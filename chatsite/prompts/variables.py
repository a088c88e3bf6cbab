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
MARK = re.compile(r"\{\{\{\{|\{\{([^{}]*)\}\}|\{\{")
SNIPPET = re.compile(rf'snippet\s+["“”]({OWN_NAME})["“”]')
MAX_VALUE_CHARACTERS = 100
MAX_OWN_VALUE_CHARACTERS = 500


def uses_variables(text: str) -> bool:
    return "{{" in text


def names(text: str) -> list[str]:
    """Return the names between braces, in order and without repetition, including snippets."""
    found = (_inside(mark) for mark in MARK.finditer(text))
    return list(dict.fromkeys(name for name in found if name is not None))


def snippet_name(inside: str) -> str | None:
    """Return the name if the text between braces names a snippet, else None."""
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
        name = _inside(mark)
        return mark[0] if name is None else values.get(name, mark[0])

    return MARK.sub(value, text)


def with_snippets(text: str, snippets: Mapping[str, str]) -> str:
    """Return the text with a copy of each snippet in the place of its name."""

    def copy(mark: re.Match[str]) -> str:
        name = snippet_name(_inside(mark) or "")
        return snippets.get(name, mark[0]) if name else mark[0]

    return MARK.sub(copy, text)


def _inside(mark: re.Match[str]) -> str | None:
    """Return the text between the braces; None if they are not closed, or if there are four."""
    return None if mark[1] is None else mark[1].strip()


def one_line(value: str, most: int = MAX_VALUE_CHARACTERS) -> str:
    """Return a value in the form that a prompt may contain: a person’s name cannot add lines of instructions."""
    return " ".join("".join(each if each.isprintable() else " " for each in value).split())[:most]


def of_moment(now: datetime) -> dict[str, str]:
    """Return the values that a time gives."""
    return {"date": f"{now.day} {now:%B %Y}", "weekday": f"{now:%A}", "time": f"{now:%H:%M}"}


def unknown_sentence(name: str, known: list[str]) -> str:
    """Return the sentence that refuses a name."""
    nearest = get_close_matches(name, known, n=1, cutoff=0.5)
    suggestion = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"There is no variable {name or '(without a name)'}.{suggestion} Known: {', '.join(known)}."
