"""Frames that no page sends: malformed, unknown, huge, deep, binary."""

import json
import random
from typing import Any
from uuid import uuid4

TYPES = [
    "message.create",
    "reply.create",
    "reply.continue",
    "reply.stop",
    "events.resume",
    "events.ack",
    "nothing.known",
    "connect",
    "disconnect",
    "turn.began",
    "",
]
FIELDS = [
    "id",
    "text",
    "parent",
    "message",
    "offset",
    "blocks",
    "model",
    "prompt",
    "params",
    "type",
    "x" * 300,
]

ODD = {
    "empty": b"",
    "no JSON": b"hello",
    "half of JSON": b'{"type": "message.create"',
    "a number": b"17",
    "a list": b'["message.create"]',
    "null": b"null",
    "no type": b"{}",
    "a type that is a list": b'{"type": []}',
    "an unknown type": b'{"type": "message.destroy"}',
    "a method that is not a frame": b'{"type": "__init__"}',
    "a hint": b'{"type": "turn.began", "completion": 1, "by": "x"}',
    "nested lists": b"[" * 100_000,
    "nested objects": b'{"type":' * 50_000 + b"1" + b"}" * 50_000,
    "a huge number": b'{"type": "events.ack", "message": "x", "offset": ' + b"9" * 5000 + b"}",
    "not a number": b'{"type": "events.resume", "message": "x", "offset": NaN}',
    "an uuid that is none": b'{"type": "reply.stop", "message": "x"}',
    "an answer that is not there": b'{"type": "reply.stop", "message": "00000000-0000-0000-0000-000000000000"}',
    "a text that is a number": b'{"type": "message.create", "id": "x", "text": 1}',
    "half a surrogate pair": b'{"type": "message.create", "id": "\\ud800", "text": "\\ud800"}',
    "a NUL": b'{"type": "reply.create", "parent": "\\u0000"}',
    "a text of 600,000 characters": json.dumps(
        {"type": "message.create", "id": str(uuid4()), "text": "x" * 600_000}
    ).encode(),
    "a parameter that is not known": json.dumps(
        {"type": "message.create", "id": str(uuid4()), "text": "x", "params": {"n": 10**9}}
    ).encode(),
}


def random_frame(rng: random.Random) -> bytes:
    """A frame that may be anything, and starts no answer: its texts are empty."""
    kind = rng.random()
    if kind < 0.1:
        return bytes(rng.randrange(32, 127) for _ in range(rng.randint(0, 200)))
    frame = {rng.choice(FIELDS): _value(rng) for _ in range(rng.randint(0, 6))}
    frame["type"] = rng.choice(TYPES) if kind < 0.9 else _value(rng)
    if frame["type"] == "message.create":
        frame["text"] = rng.choice([" ", "", None, 7])
    return json.dumps(frame).encode()


def _value(rng: random.Random) -> Any:
    return rng.choice(
        [
            None,
            True,
            -1,
            0,
            3,
            2**70,
            1.5,
            "",
            "text",
            str(uuid4()),
            "\ud83d",
            "\0",
            [],
            {},
            [[]],
            {"a": {"b": 1}},
        ]
    )
