"""A model that answers offline: an httpx transport that speaks the protocol of a real endpoint."""

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx

BASE_URL = "http://demo.invalid/v1"
MODEL = "demo"

_ANSWER = """\
This is the built-in demo model: the answer is canned, and nothing has left this machine.

You asked: {question}

## Connect a real model

1. Start [Ollama](https://ollama.com) on `127.0.0.1:11434`: it is found within a minute.
2. **Or** add a provider in the admin.
3. **Or** set `OPENAI_BASE_URL` and `OPENAI_API_KEY`, and start `manage.py serve` again.

## What an answer can hold

| In Markdown | On the page |
|---|---|
| `**bold**` | **bold** |
| `*italic*` | *italic* |
| `~~gone~~` | ~~gone~~ |

Code, in colour:

```python
from chatsite.completions import AsyncClient

async def ask(question: str) -> None:
    client = AsyncClient()
    messages = [{{"role": "user", "content": question}}]
    async for chunk in client.chat.completions.create(messages, stream=True):
        if chunk.choices and (text := chunk.choices[0].delta.content):
            print(text, end="", flush=True)
```

And mathematics, in a line such as $E = mc^2$ or displayed:

$$\\int_0^1 x^2 \\, dx = \\frac{{1}}{{3}}$$
"""


class DemoTransport(httpx.AsyncBaseTransport):
    """Answers GET /v1/models and POST /v1/chat/completions, streamed or whole, and 404 to all else.

    `pace` is the number of seconds from one delta to the next; 0 streams at once.
    The answer depends on nothing but the first system prompt and the last user message.
    """

    def __init__(self, pace: float = 1 / 60) -> None:
        self.pace = pace

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        match request.method, request.url.path:
            case "GET", "/v1/models":
                model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "chatsite"}
                return httpx.Response(200, json={"object": "list", "data": [model]})
            case "POST", "/v1/chat/completions":
                return self._complete(body)
        return _error(404, f"Unknown request: {request.method} {request.url.path}", "not_found")

    def _complete(self, body: bytes) -> httpx.Response:
        try:
            asked = json.loads(body)
            text = _answer([(message["role"], _text(message)) for message in asked["messages"]])
            usage = _usage(asked["messages"], text)
            with_usage = bool((asked.get("stream_options") or {}).get("include_usage"))
        except (ValueError, TypeError, KeyError, AttributeError):
            return _error(400, "The body must be a JSON object with a list of messages.", "invalid_request")
        head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
        if not asked.get("stream"):
            return httpx.Response(200, json=_completion(head, text, usage))
        events = _events(head, text, usage if with_usage else None)
        headers = {"Content-Type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=_Paced(events, self.pace))


class _Paced(httpx.AsyncByteStream):
    """Yields events at an even pace, however slow their reader is, until it is closed."""

    def __init__(self, events: list[bytes], pace: float) -> None:
        self._events, self._pace = events, pace
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        start = time.monotonic()
        for number, event in enumerate(self._events):
            await asyncio.sleep(max(0, start + number * self._pace - time.monotonic()))
            if self._closed:
                return
            yield event

    async def aclose(self) -> None:
        self._closed = True


def _answer(messages: list[tuple[str, str]]) -> str:
    question = next((text for role, text in reversed(messages) if role == "user"), "")
    prompt = next((text for role, text in messages if role in ("system", "developer")), "")
    greeting = "Hello there!\n\n" if re.search(r"\b(hello|hi|hey)\b", question, re.IGNORECASE) else ""
    return greeting + _ANSWER.format(question=_quoted(question) + _ran_with(prompt))


def _ran_with(prompt: str) -> str:
    return f"\n\nIt runs with the system prompt: {_quoted(prompt)}" if prompt.strip() else ""


def _quoted(text: str) -> str:
    """The first 80 characters of `text` in one line, with no markup, control or half surrogate left in it."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", " ", text).split())
    short = line if len(line) <= 80 else line[:80].rstrip() + "…"
    return "“" + re.sub(r"([\\`*_\[\]<>$~|&])", r"\\\1", short) + "”"


def _text(message: dict[str, Any]) -> str:
    """A message's text; of a list of parts, those that are text."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return " ".join(part["text"] for part in content if part.get("type") == "text")


def _tokens(text: str) -> list[str]:
    """Pieces as small as a model's tokens; joined they are the text again."""
    return re.findall(r"\s*\w{1,8}|\s*[^\w\s]|\s+", text)


def _usage(messages: list[dict[str, Any]], text: str) -> dict[str, int]:
    prompt, completion = sum(len(_tokens(_text(message))) for message in messages), len(_tokens(text))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _completion(head: dict[str, Any], text: str, usage: dict[str, int]) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return head | {"object": "chat.completion", "choices": [choice], "usage": usage}


def _events(head: dict[str, Any], text: str, usage: dict[str, int] | None) -> list[bytes]:
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": token} for token in _tokens(text)]
    events = [_event(head, [{"index": 0, "delta": delta, "finish_reason": None}]) for delta in deltas]
    events.append(_event(head, [{"index": 0, "delta": {}, "finish_reason": "stop"}]))
    if usage:
        events.append(_event(head, [], usage=usage))
    return [*events, b"data: [DONE]\n\n"]


def _event(head: dict[str, Any], choices: list[dict[str, Any]], **more: Any) -> bytes:
    chunk = head | {"object": "chat.completion.chunk", "choices": choices} | more
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def _error(status: int, message: str, code: str) -> httpx.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return httpx.Response(status, json={"error": error})
