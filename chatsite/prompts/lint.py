"""Checks of a prompt's text: what refuses it, and what only warns. All of it can be proved."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chatsite.prompts.models.version import estimated_tokens
from chatsite.prompts.variables import (
    BUILT_IN,
    names,
    snippet_name,
    unclosed_line,
    unknown_sentence,
    with_snippets,
)

MAX_TEXT_BYTES = 64 * 1024
# Percent of a model's context window that a prompt may fill.
MAX_WINDOW_PERCENT = 25
# Of a text's beginning: what changes there keeps a provider's cache from being used for all that follows.
CACHED_CHARACTERS = 2000
SECRET = re.compile(
    r"\bsk-[\w-]{16,}|\b(?:password|passwort|secret|api[_ -]?key|token)\s*[:=]\s*\S{6,}|-----BEGIN [A-Z ]*PRIVATE KEY",
    re.IGNORECASE,
)
# Zero width, and marks that turn the direction of writing.
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
NAME_OF_A_MODEL = re.compile(
    r"\b(?:gpt|claude|gemini|llama|mistral|mixtral|qwen|deepseek|phi|gemma)-?\d[\w.:-]*", re.I
)


def refusals(typed: str, own: Iterable[str], snippets: Mapping[str, str]) -> list[str]:
    """Return sentences for what cannot be saved. `own`: names of variables beside the built-in ones."""
    found = []
    size = len(typed.encode())
    if size > MAX_TEXT_BYTES:
        found.append(f"The text has {size // 1024:,} KB; {MAX_TEXT_BYTES // 1024} KB is the most.")
    if "\0" in typed:
        found.append("The text has a character without a meaning (NUL). Paste it as plain text.")
    if not typed.strip():
        found.append("There is no text yet.")
    for name in names(typed):
        snippet = snippet_name(name)
        if snippet and snippet not in snippets:
            found.append(f"There is no snippet {snippet}. {_known_snippets(snippets)}")
    text = with_snippets(typed, snippets)
    if len(text.encode()) > MAX_TEXT_BYTES >= size:
        found.append(f"With its snippets, the text has more than {MAX_TEXT_BYTES // 1024} KB.")
    known = [*BUILT_IN, *own]
    found += _in_braces(typed, known)
    for snippet in dict.fromkeys(filter(None, map(snippet_name, names(typed)))):
        brought = _in_braces(snippets.get(snippet, ""), known)
        found += [f"In the snippet {snippet}: {sentence}" for sentence in brought]
    # Braces of a snippet and of the text around it can make a variable together.
    return found or _in_braces(text, known)


def _in_braces(text: str, known: list[str]) -> list[str]:
    """Return sentences for what is wrong with the variables of a text as somebody wrote it."""
    line = unclosed_line(text)
    unclosed = (
        f"In line {line}, {{{{ has no }}}} after it. To write two braces, type {{{{{{{{." if line else ""
    )
    return [*filter(None, [unclosed]), *_unknown(text, known)]


def _unknown(text: str, known: list[str]) -> list[str]:
    unknown = [name for name in names(text) if name not in known and not snippet_name(name)]
    return [unknown_sentence(name, known) for name in unknown]


def _known_snippets(snippets: Mapping[str, str]) -> str:
    return f"Known: {', '.join(sorted(snippets))}." if snippets else "There are none yet."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text is used with. smallest: the smallest model's name and context window in tokens. same: names of other
    prompts whose newest text is the same. older: names of snippets whose text has changed since."""

    smallest: tuple[str, int] | None = None
    offered_models: frozenset[str] = frozenset()
    same: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)


def warnings(text: str, around: Surroundings) -> list[str]:
    """Return warnings: sentences for what can be saved and may be a mistake."""
    found = [_window(text, around), _early_time(text), _secret(text), _spaces(text), _invisible(text)]
    found += [
        f"It names the model {name}, which is not offered here." for name in _models_elsewhere(text, around)
    ]
    found += [f"“{name}” has the same text." for name in around.same]
    found += [
        f"It has an older copy of the snippet {name}. Save the draft to take over the new one."
        for name in around.older
    ]
    return [sentence for sentence in found if sentence]


def _window(text: str, around: Surroundings) -> str:
    if not around.smallest:
        return ""
    name, window = around.smallest
    percent = 100 * estimated_tokens(text) // window
    if percent <= MAX_WINDOW_PERCENT:
        return ""
    return f"It fills about {percent} % of the context window of {name} ({window:,} tokens)."


def _early_time(text: str) -> str:
    if not re.search(r"\{\{\s*time\s*\}\}", text[:CACHED_CHARACTERS]):
        return ""
    return "{{ time }} near the top changes each minute, so that providers cannot reuse what they have read before."


def _secret(text: str) -> str:
    found = SECRET.search(text)
    if not found:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    return f"Line {line} looks like a password or a key. Models repeat what they are told."


def _spaces(text: str) -> str:
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line != line.rstrip()]
    return f"There are spaces at the end of {_lines(lines)}." if lines else ""


def _invisible(text: str) -> str:
    found = INVISIBLE.search(text)
    if not found:
        return ""
    name = unicodedata.name(found[0], f"U+{ord(found[0]):04X}").lower()
    return f"Line {text.count(chr(10), 0, found.start()) + 1} has an invisible character ({name})."


def _models_elsewhere(text: str, around: Surroundings) -> list[str]:
    named = {found[0].rstrip(".:-") for found in NAME_OF_A_MODEL.finditer(text)}
    offered = {name.casefold() for name in around.offered_models}
    return sorted(name for name in named if not any(name.casefold() in each for each in offered))


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{' and others' if len(numbers) > 5 else ''}"
