"""Events that real servers send and that no helper of the upstream writes."""

from typing import Any

from tests.upstream import done, event, finish

END = [finish(), done()]


def choices(*found: Any, **more: Any) -> bytes:
    return event({"id": "x", "object": "chat.completion.chunk", "choices": list(found)} | more)


def said(content: Any, **more: Any) -> bytes:
    return choices({"index": 0, "delta": {"content": content}} | more)


WHOLE = {
    "id": "x",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
}
