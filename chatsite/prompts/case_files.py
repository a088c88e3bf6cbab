"""The cases of a prompt in its file: how they are written and read, and how an import stores them."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from chatsite.prompts.case_rules import UNSTORABLE, messages_of, refused_message, refused_messages
from chatsite.prompts.checks import KINDS, SHORT, WITH_TEXT, Check, quoted, refusals
from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.prompts.models.case import MAX_CASE_NAME_CHARACTERS, MAX_CASES

KEYS = ("name", "messages", "check", "text", "tokens")
# The parts of a check that only some kinds have.
PARTS: dict[str, Collection[str]] = {"text": WITH_TEXT, "tokens": {SHORT}}

NO_TEXT = "{} is not text that can be stored."


class BadCase(Exception):
    """Its text is a sentence that says which case is wrong, and why."""


@dataclass(frozen=True, slots=True)
class FiledCase:
    """What a file says of a case. messages: the person's and the model's by turns."""

    name: str
    messages: list[str]
    check: Check | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return what a row has of it, by the names of columns."""
        check = self.check or Check("")
        return {
            "messages": messages_of(self.messages),
            "check_kind": check.kind,
            "check_text": check.text,
            "check_tokens": check.tokens,
        }


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """The names of cases that an import adds, changes and deletes."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.deleted)

    def __str__(self) -> str:
        counts = {"added": self.added, "changed": self.changed, "deleted": self.deleted}
        return ", ".join(f"{len(names)} {what}" for what, names in counts.items() if names)


def cases_of(prompt: SystemPrompt) -> list[FiledCase]:
    """Return the cases of a prompt as its file has them."""
    return by_name(
        FiledCase(case.name, [each["text"] for each in case.messages], case.expected)
        for case in prompt.cases.all()
    )


def by_name(cases: Iterable[FiledCase]) -> list[FiledCase]:
    """Return cases in the order of files, which is that of no database."""
    return sorted(cases, key=lambda each: each.name)


def written(cases: list[FiledCase]) -> str:
    """Return a JSON list with one line for each case, so that a change of one shows as one line."""
    lines = [json.dumps(_as_object(case), ensure_ascii=False) for case in cases]
    return "[\n  " + ",\n  ".join(lines) + "\n  ]" if lines else "[]"


def _as_object(case: FiledCase) -> dict[str, Any]:
    found: dict[str, Any] = {"name": case.name, "messages": case.messages}
    if check := case.check:
        found["check"] = check.kind
        found |= {name: getattr(check, name) for name, kinds in PARTS.items() if check.kind in kinds}
    return found


def read(value: Any) -> list[FiledCase]:
    """Return the cases that a file's value says. Raises BadCase."""
    if isinstance(value, str):
        raise BadCase(f"“cases” is a JSON list. {_why_no_json(value)}")
    if not isinstance(value, list):
        raise BadCase("“cases” is a list of cases.")
    if len(value) > MAX_CASES:
        raise BadCase(f"It has {len(value):,} cases; {MAX_CASES} is the most.")
    cases = [_read_one(each, number) for number, each in enumerate(value, 1)]
    names = [case.name for case in cases]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadCase(f"Two cases have the name “{twice}”.")
    return by_name(cases)


def _why_no_json(text: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"{error.msg} in its line {error.lineno}, column {error.colno}."
    except (ValueError, RecursionError):
        pass
    return "Python cannot read it."


def _read_one(value: Any, number: int) -> FiledCase:
    if not isinstance(value, dict):
        raise BadCase(f"Case {number} is not a JSON object.")
    name = value.get("name")
    name = name.strip() if isinstance(name, str) else None
    if not name or UNSTORABLE.search(name) or len(name) > MAX_CASE_NAME_CHARACTERS:
        raise BadCase(f"Case {number} has no name of at most {MAX_CASE_NAME_CHARACTERS} characters.")
    try:
        _refuse_unknown(value)
        return FiledCase(name, _messages(value.get("messages")), _check(value))
    except BadCase as error:
        raise BadCase(f"The case “{name}”: {error}") from error


def _refuse_unknown(value: dict[str, Any]) -> None:
    if unknown := next((key for key in value if key not in KEYS), None):
        raise BadCase(f"“{quoted(unknown)}” is not part of a case. Known: {', '.join(KEYS)}.")


def _messages(value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise BadCase("“messages” is a list of texts: the person’s and the model’s by turns.")
    for number, each in enumerate(value, 1):
        if not isinstance(each, str) or UNSTORABLE.search(each):
            raise BadCase(NO_TEXT.format(f"Message {number}"))
    texts = [text.replace("\r\n", "\n").replace("\r", "\n") for text in value]
    found = [refused_message(text, index, len(texts)) for index, text in enumerate(texts)]
    if wrong := next(((number, each) for number, each in enumerate(found, 1) if each), None):
        raise BadCase(f"Message {wrong[0]}: {wrong[1]}")
    if sentence := refused_messages(texts):
        raise BadCase(sentence)
    return texts


def _check(value: dict[str, Any]) -> Check | None:
    kind = value.get("check") or ""
    if kind and kind not in list(KINDS):
        raise BadCase(f"“{quoted(str(kind))}” is not a check. Known: {', '.join(KINDS)}.")
    for name, kinds in PARTS.items():
        if name in value and kind not in kinds:
            raise BadCase(f"“{name}” is a part of these checks only: {', '.join(sorted(kinds))}.")
    text, tokens = value.get("text", ""), value.get("tokens")
    if not isinstance(text, str) or UNSTORABLE.search(text):
        raise BadCase(NO_TEXT.format("“text”"))
    check = Check(kind, text, tokens if type(tokens) is int else None)
    for sentence in refusals(check).values() if kind else []:
        raise BadCase(sentence)
    return check if kind else None


def store(prompt: SystemPrompt, cases: list[FiledCase], delete_others: bool) -> CaseChanges:
    """Add and change cases by their names; those that the file has not stay unless `delete_others`. Raises BadCase."""
    rows = {row.name: row for row in prompt.cases.all()}
    wanted = {case.name: case for case in cases}
    others = sorted(rows.keys() - wanted.keys())
    if not delete_others and len(wanted) + len(others) > MAX_CASES:
        raise BadCase(f"It would have {len(wanted) + len(others)} cases; {MAX_CASES} is the most.")
    stored = {case.name: case for case in cases_of(prompt)}
    changed = [name for name, case in wanted.items() if name in rows and stored[name] != case]
    added = [name for name in wanted if name not in rows]
    for name in [*changed, *added]:
        values = {**wanted[name].columns, "changed": timezone.now()}
        PromptCase.objects.update_or_create(prompt=prompt, name=name, defaults=values)
    if delete_others:
        prompt.cases.filter(name__in=others).delete()
    return CaseChanges(tuple(added), tuple(changed), tuple(others if delete_others else ()))
