"""What an answer to a case must be like: one check of six kinds, each with a sentence for its result."""

import json
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from chatsite.prompts import patterns

CONTAINS, LACKS, MATCHES, JSON, SHORT, ENDS = "contains", "lacks", "matches", "json", "short", "ends"
KINDS = {
    CONTAINS: "contains",
    LACKS: "does not contain",
    MATCHES: "matches the regular expression",
    JSON: "is JSON",
    SHORT: "has at most so many tokens",
    ENDS: "ends by itself, not cut by length",
}
WITH_TEXT = frozenset({CONTAINS, LACKS, MATCHES})
# Why an answer ended that was cut by its length.
CUT = "length"
MAX_TEXT_CHARACTERS = 500
MAX_TOKENS = 1_000_000
# Of a text that a sentence quotes.
MAX_QUOTED_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """text: what an answer contains, lacks or matches. tokens: the most that it may have."""

    kind: str
    text: str = ""
    tokens: int | None = None

    def __str__(self) -> str:
        if self.kind in WITH_TEXT:
            return f"{KINDS[self.kind]} “{quoted(self.text)}”"
        return f"has at most {self.tokens:,} tokens" if self.kind == SHORT else KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Checked:
    """A whole answer. tokens: as its server counted; None where it did not. finish_reason: why it ended."""

    text: str
    tokens: int | None = None
    finish_reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    passed: bool
    why: str


def result(check: Check, answer: Checked) -> Result:
    """Return whether an answer is as it must be, and a sentence that says why. Only `matches` takes time."""
    return CHECKS[check.kind](check, answer)


def refusals(check: Check) -> dict[str, str]:
    """Return a sentence for each field, `text` or `tokens`, that cannot be saved."""
    if check.kind in WITH_TEXT:
        sentence = _refused_text(check)
        return {"text": sentence} if sentence else {}
    if check.kind == SHORT and not (check.tokens and 1 <= check.tokens <= MAX_TOKENS):
        return {"tokens": f"Give a number of tokens from 1 to {MAX_TOKENS:,}."}
    return {}


def _refused_text(check: Check) -> str:
    if not check.text.strip():
        return "Write the regular expression." if check.kind == MATCHES else "Write the text to look for."
    if len(check.text) > MAX_TEXT_CHARACTERS:
        return f"It has {len(check.text):,} characters; {MAX_TEXT_CHARACTERS} is the most."
    if "\0" in check.text:
        return "It has a character without a meaning (NUL)."
    return patterns.refusal(check.text) if check.kind == MATCHES else ""


def quoted(text: str) -> str:
    return text if len(text) <= MAX_QUOTED_CHARACTERS else f"{text[:MAX_QUOTED_CHARACTERS]}…"


def _contains(check: Check, answer: Checked) -> Result:
    has = folded(check.text) in folded(answer.text)
    return Result(has, f"It {'contains' if has else 'does not contain'} “{quoted(check.text)}”.")


def _lacks(check: Check, answer: Checked) -> Result:
    has = _contains(check, answer)
    return Result(not has.passed, has.why)


def _matches(check: Check, answer: Checked) -> Result:
    try:
        found = patterns.found(check.text, answer.text)
    except patterns.BadPattern as error:
        return Result(False, f"The regular expression could not be tried. {error}")
    return Result(found, f"It {'matches' if found else 'does not match'} “{quoted(check.text)}”.")


def _is_json(check: Check, answer: Checked) -> Result:
    text = answer.text.strip()
    try:
        json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        return Result(False, "It is not JSON that a program reads: it is nested too deeply.")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        fence = " It stands in a code block." if text.startswith("```") else ""
        return Result(False, f"It is not JSON: {error.msg} ({where}).{fence}")
    except ValueError as error:
        return Result(False, f"It is not JSON: {error}.")
    return Result(True, "It is JSON.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"it has {name}, which JSON does not know")


def _is_short(check: Check, answer: Checked) -> Result:
    counted = answer.tokens is not None
    tokens = answer.tokens if answer.tokens is not None else -(-len(answer.text.encode()) // 4)
    most = check.tokens or 0
    says = f"It has {'' if counted else 'about '}{tokens:,} tokens; {most:,} is the most."
    return Result(tokens <= most, says)


def _ends(check: Check, answer: Checked) -> Result:
    if answer.finish_reason == CUT:
        return Result(False, "It was cut by its length.")
    if answer.finish_reason == "content_filter":
        return Result(False, "It was cut by the server’s filter.")
    return Result(True, "It ended by itself.")


def folded(text: str) -> str:
    """Return what is left of a text when neither case nor the way of writing an accent counts."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


CHECKS = {
    CONTAINS: _contains,
    LACKS: _lacks,
    MATCHES: _matches,
    JSON: _is_json,
    SHORT: _is_short,
    ENDS: _ends,
}
