"""What a case may have, with a sentence for what it may not: the same in the admin's form and in files."""

import re

from chatsite.prompts.models.case import MAX_CASE_BYTES, MAX_CASE_MESSAGES

ROLES = ("user", "assistant")
# NUL and half surrogate pairs, which JSON can name, and which no database stores.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def messages_of(texts: list[str]) -> list[dict[str, str]]:
    """Return messages as a case stores them: the person's and the model's by turns."""
    return [{"role": ROLES[index % 2], "text": text} for index, text in enumerate(texts)]


def refused_message(text: str, index: int, count: int) -> str:
    """Return why a message cannot be saved; empty for one that can. count: of the case's messages."""
    if "\0" in text:
        return "It has a character without a meaning (NUL)."
    if not text.strip():
        return (
            "Write what the person says." if count == 1 else "Write this message, or delete those after it."
        )
    if index == count - 1 and ROLES[index % 2] == "assistant":
        return "The last message is the person’s: write what they say next, or delete this one."
    return ""


def refused_messages(texts: list[str]) -> str:
    """Return why messages cannot be saved together; empty where they can."""
    if len(texts) > MAX_CASE_MESSAGES:
        return f"It has {len(texts):,} messages; {MAX_CASE_MESSAGES} is the most."
    size = sum(len(text.encode()) for text in texts)
    if size > MAX_CASE_BYTES:
        most = f"{MAX_CASE_BYTES // 1024} KB is the most"
        return f"The messages have {-(-size // 1024):,} KB together; {most}."
    return ""
