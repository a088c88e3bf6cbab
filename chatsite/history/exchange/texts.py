"""Text as it can be stored and shown, and the lines that stand for what is not imported."""

import re
from typing import Any

from chatsite.conversations.texts import storable

MAX_TITLE = 200
FIRST_WORDS = 80
# The part of a text in which the first line of a title is.
MAX_TITLE_SOURCE = 4 * MAX_TITLE
MAX_NAME = 200

BEGIN_MARK, END_MARK = "\ue200", "\ue201"
BEGIN_ENTITY = "entity\ue202["
# The second text of an entity is its name.
ENTITY_NAME = re.compile(r'"[^"]*","([^"]*)"')
FENCE = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)

IMAGE = "[image, not imported]"
AUDIO = "[audio, not imported]"


def file_line(name: Any) -> str:
    name = one_line(name)[:MAX_NAME] if isinstance(name, str) else ""
    return f"[file, not imported: {name or 'unnamed'}]"


def error_line(what: str) -> str:
    return f"[error: {one_line(what)[:1000] or 'unknown'}]"


def without_markers(text: str) -> str:
    """The text without ChatGPT's marks for citations and the like; an entity becomes its name."""
    parts: list[str] = []
    at = 0
    while (begin := text.find(BEGIN_MARK, at)) >= 0 and (end := text.find(END_MARK, begin)) >= 0:
        parts += (text[at:begin], _marked(text[begin + 1 : end]))
        at = end + 1
    return "".join((*parts, text[at:]))


def _marked(mark: str) -> str:
    name = ENTITY_NAME.search(mark) if mark.startswith(BEGIN_ENTITY) else None
    return name[1] if name else ""


def code_block(code: str, language: Any = "") -> str:
    """The code in a fence that it does not end itself."""
    longest = max((len(fence) for fence in FENCE.findall(code)), default=2)
    fence = "`" * max(3, longest + 1)
    language = language if isinstance(language, str) and re.fullmatch(r"[\w+#.-]{1,30}", language) else ""
    return f"{fence}{'' if language == 'unknown' else language}\n{code}\n{fence}"


def paragraphs(*texts: str) -> str:
    """The texts that are not blank, a blank line between them."""
    return "\n\n".join(text for text in texts if text.strip())


def one_line(text: str) -> str:
    return " ".join(storable(text[:MAX_TITLE_SOURCE]).split())


def title(text: Any, first_question: str) -> str:
    """The title in one line; the first words of the first question where it has none."""
    line = one_line(text) if isinstance(text, str) else ""
    if line:
        return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1] + "…"
    words = one_line(first_question)
    if len(words) <= FIRST_WORDS:
        return words
    return words[: FIRST_WORDS - 1].rsplit(" ", 1)[0] + "…"


def name(value: Any) -> str:
    """A model's or an id's name, bounded; empty where the value is none."""
    return one_line(value)[:MAX_NAME] if isinstance(value, str) else ""
