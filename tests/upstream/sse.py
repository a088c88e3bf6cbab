"""The bytes that OpenAI-compatible servers stream, one function an event."""

import json
import re
from collections.abc import Iterator
from typing import Any

HEAD = {
    "id": "chatcmpl-test",
    "object": "chat.completion.chunk",
    "created": 1700000000,
    "model": "test-model",
}


def event(value: Any) -> bytes:
    """One event holding `value` as JSON; half a surrogate pair is written as its escape."""
    return b"data: " + json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace") + b"\n\n"


def chunk(delta: dict | None = None, finish_reason: str | None = None, index: int = 0, **more: Any) -> bytes:
    """A chat.completion.chunk with one choice; `more` adds or replaces top-level keys."""
    choice = {"index": index, "delta": delta or {}, "finish_reason": finish_reason}
    return event(HEAD | {"object": "chat.completion.chunk", "choices": [choice]} | more)


def role() -> bytes:
    return chunk({"role": "assistant", "content": ""})


def delta(text: str, index: int = 0) -> bytes:
    return chunk({"content": text}, index=index)


def reasoning(text: str) -> bytes:
    return chunk({"reasoning_content": text})


def finish(reason: str = "stop") -> bytes:
    return chunk(finish_reason=reason)


def usage(prompt: int = 7, completion: int = 4) -> bytes:
    """The chunk without choices that ends a stream whose client asked for usage."""
    return chunk(choices=[], usage=tokens(prompt, completion))


def error(message: str, **more: Any) -> bytes:
    return event({"error": {"message": message, "type": "server_error", "code": None} | more})


def done() -> bytes:
    return b"data: [DONE]\n\n"


def tokens(prompt: int = 7, completion: int = 4) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def pieces(text: str) -> list[str]:
    """Cut `text` into token-like pieces; joined they are the text again."""
    return re.findall(r"\s*\w{1,8}|\s*[^\w\s]|\s+", text)


def joined(body: bytes, key: str = "content") -> str:
    """What choice 0 says in all whole events, or the whole completion, of `body`."""
    text = "".join(_texts(body, key))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _texts(body: bytes, key: str) -> Iterator[str]:
    for line in re.split(rb"\r\n|\n|\r", body):
        try:
            choices = json.loads(line.removeprefix(b"data:"))["choices"] or []
        except (ValueError, TypeError, KeyError):
            continue
        for choice in choices:
            text = (choice.get("delta") or choice.get("message") or {}).get(key)
            if choice.get("index", 0) == 0 and isinstance(text, str):
                yield text
