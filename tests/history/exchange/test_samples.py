"""Each sample file is read as `samples/expected.json` says."""

import json
from pathlib import Path

import pytest

from chatsite.history.exchange.file_reader import FileReader, totals

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))["files"]


def read(name: str) -> tuple[dict, dict]:
    """What came of a sample, in the form of what is expected."""
    with (SAMPLES / name).open("rb") as file:
        reader = FileReader(file)
        items = list(reader)
    reasons = [item.reason or "duplicate" for item in items if item.reason or item.is_newer]
    skipped, notes = totals([item.tally for item in items])
    conversations = {
        (item.conversation.key, item.conversation.title): item.conversation
        for item in items
        if item.conversation
    }
    summary = {
        "source": reader.source,
        "error": reader.error,
        "skipped": {
            "conversation": {reason: reasons.count(reason) for reason in reasons},
            "message": dict(skipped),
        },
        "notes": dict(notes),
    }
    return summary, conversations


def described(conversation) -> dict:
    return {
        "id": conversation.id,
        "title": conversation.title,
        "messages": len(conversation.messages),
        "messages_unjoined": sum(message.pieces for message in conversation.messages),
        "branches": conversation.branches,
        "main": [[message.role, message.text] for message in conversation.main()],
        "model": conversation.model,
        "reasoning": sum(bool(message.reasoning) for message in conversation.messages),
        "archived": conversation.archived,
        "pinned": conversation.pinned,
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_read_as_expected(name):
    summary, conversations = read(name)
    expected = EXPECTED[name]
    assert summary == {key: expected[key] for key in summary}
    found = sorted(map(described, conversations.values()), key=lambda each: each["title"])
    assert found == sorted(expected["conversations"], key=lambda each: each["title"])


def test_every_sample_is_expected():
    assert {path.name for path in SAMPLES.iterdir()} - {"expected.json"} == set(EXPECTED)
