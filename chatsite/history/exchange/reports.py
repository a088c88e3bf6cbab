"""The report of an import: in words for its page, and as JSON."""

from collections import Counter
from typing import Any

from chatsite.history.exchange.errors import SENTENCES
from chatsite.history.exchange.models import Import, ImportItem

SOURCES = {
    "chatgpt": "ChatGPT",
    "claude": "Claude",
    "openwebui": "Open WebUI",
    "librechat": "LibreChat",
    "nextchat": "NextChat",
    "chatsite": "chatsite",
    "mixed": "several programs",
}
PROBLEMS = SENTENCES | {
    "discarded": "The rest was discarded.",
    "file_lost": "The uploaded file was deleted. Upload it again.",
    "unexpected": "The import failed unexpectedly. What was imported before is kept; the site’s log says why.",
}
CONVERSATIONS = {
    "empty": "nothing in it can be shown",
    "no_messages": "it has no messages",
    "not_an_object": "it is not a conversation",
    "not_a_conversation": "it is in an unknown format",
    "duplicate": "a newer version of it is in the file",
    "too_large": "it is too large",
    "newer_version": "a newer version of this program wrote it",
    "taken": "its id is in use already",
}
MESSAGES = {
    "hidden": "hidden messages",
    "system": "system messages",
    "tool_call": "tool calls",
    "tool_output": "tool outputs",
    "error_message": "error messages",
    "reasoning_recap": "labels of reasoning",
    "reasoning_without_answer": "reasoning without an answer",
    "empty_message": "empty messages",
    "unknown_role": "messages of an unknown role",
    "not_an_object": "entries that are not messages",
}
NOTES = {
    "attachment": "files, images or recordings left out",
    "tool_call": "tool calls left out",
    "tool_output": "tool outputs left out",
    "unknown_content_type": "parts of an unknown kind",
    "odd_part": "parts that could not be read",
    "missing_parent": "messages whose parent is not in the file",
    "cycle": "cycles of messages that were cut",
    "duplicate_message_id": "messages whose id was in the file twice",
    "no_current": "conversations that do not say which branch is shown",
    "bad_time": "times that could not be read",
    "text_repaired": "texts with characters that were replaced",
    "unfinished": "answers that were not finished",
    "restored": "conversations that you had deleted, and that were restored",
}


def in_words(reasons: dict[str, int], words: dict[str, str]) -> list[tuple[int, str]]:
    """The counts with their reasons in words, the largest first."""
    return [(count, words.get(reason, reason)) for reason, count in Counter(reasons).most_common()]


def problems(work: Import) -> list[str]:
    """What was wrong with the file, in sentences."""
    sentences = [(name, PROBLEMS.get(reason, reason)) for name, reason in work.problems]
    return [f"{name}: {sentence}" if name else sentence for name, sentence in sentences]


NOTHING: dict[str, dict[str, int]] = {"conversation": {}, "message": {}, "notes": {}}


def totals(work: Import) -> dict[str, dict[str, int]]:
    """The skipped conversations, the skipped messages and the notes of all items, by reason."""
    conversations, messages, notes = Counter[str](), Counter[str](), Counter[str]()
    rows = work.items.values_list("outcome", "reason", "is_newer", "skipped", "notes")
    for outcome, reason, is_newer, skipped, noted in rows.iterator(chunk_size=500):
        if outcome == ImportItem.Outcome.SKIPPED:
            conversations[reason] += 1
        conversations["duplicate"] += is_newer
        messages.update(skipped)
        notes.update(noted)
    return {"conversation": dict(+conversations), "message": dict(+messages), "notes": dict(+notes)}


def as_json(work: Import) -> dict[str, Any]:
    """The report as `manage.py import --json` prints it, with the file, its problems and each item besides."""
    counts, reasons = work.counts(), totals(work)
    return {
        "source": work.source or None,
        "error": work.problems[0][1] if work.problems else None,
        "conversations": counts[ImportItem.Outcome.NEW],
        "messages": counts["messages"],
        "skipped": {"conversation": reasons["conversation"], "message": reasons["message"]},
        "notes": reasons["notes"],
        "file": {"name": work.name, "size": work.size, "state": work.state},
        "problems": [{"file": name, "reason": reason} for name, reason in work.problems],
        "grown": counts[ImportItem.Outcome.GROWN],
        "known": counts[ImportItem.Outcome.KNOWN],
        "items": [_item(item) for item in work.items.order_by("number").iterator(chunk_size=500)],
    }


def _item(item: ImportItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": item.title,
        "outcome": item.outcome,
        "reason": item.reason or None,
        "conversation": str(item.conversation) if item.conversation else None,
        "messages": item.messages,
        "skipped": item.skipped,
        "notes": item.notes,
        "remarks": item.remarks,
    }
