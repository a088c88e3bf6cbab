"""The built-in demo model speaks the protocol of a real endpoint and says how to connect one."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chatsite.completions.demo import BASE_URL, MODEL, DemoTransport

INJECTION = "<script>x</script> ![](http://x) `a` **b** $c$ \ud83c\x00 \u202e"


def client(pace: float = 0) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=DemoTransport(pace), base_url=BASE_URL)


def request(question: str, *, prompt: str = "", **more: Any) -> dict[str, Any]:
    system = [{"role": "system", "content": prompt}] if prompt else []
    return {"model": MODEL, "messages": [*system, {"role": "user", "content": question}], **more}


async def post(body: dict[str, Any] | bytes) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client() as http:
        return await http.post("/chat/completions", content=content)


async def answer(question: str, prompt: str = "") -> str:
    return (await post(request(question, prompt=prompt))).json()["choices"][0]["message"]["content"]


async def events(question: str, **more: Any) -> list[str]:
    text = (await post(request(question, stream=True, **more))).text
    assert text.endswith("\n\n")
    return [event.removeprefix("data: ") for event in text.removesuffix("\n\n").split("\n\n")]


async def chunks(question: str, **more: Any) -> list[dict[str, Any]]:
    return [json.loads(event) for event in (await events(question, **more))[:-1]]


async def test_the_model_list_names_the_demo():
    async with client() as http:
        assert [model["id"] for model in (await http.get("/models")).json()["data"]] == ["demo"]


async def test_the_answer_says_that_it_is_a_demo_and_how_to_connect_a_real_model():
    text = await answer("Why?")
    assert text.startswith("This is the built-in demo model: the answer is canned")
    for way in ("`OPENAI_BASE_URL`", "`OPENAI_API_KEY`", "`127.0.0.1:11434`", "`manage.py serve`", "admin"):
        assert way in text


async def test_the_answer_shows_what_markdown_can_do():
    text = await answer("Why?")
    for sample in ("\n## ", "\n1. ", "|---|", "```python\n", "$E = mc^2$", "\n$$"):
        assert sample in text


async def test_the_python_that_it_shows_compiles():
    code = (await answer("Why?")).split("```")[1].removeprefix("python\n")
    compile(code, "demo", "exec")


async def test_hello_is_greeted_first():
    assert (await answer("Say hello there!")).startswith("Hello there!\n\n")
    assert not (await answer("Why shell?")).startswith("Hello")


async def test_the_last_question_is_repeated_in_one_line():
    assert "You asked: “how does a court case get there?”\n" in await answer(
        "how does a\ncourt case get there?"
    )


async def test_a_long_question_is_repeated_in_part():
    assert f"You asked: “{'a' * 80}…”\n" in await answer("a" * 5000)


async def test_a_question_cannot_bring_markup_into_the_answer():
    line = (await answer(INJECTION)).splitlines()[2]
    assert line == r"You asked: “\<script\>x\</script\> !\[\](http://x) \`a\` \*\*b\*\* \$c\$”"


async def test_a_question_in_parts_is_read():
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    assert "“What is this?”" in await answer(parts)


async def test_the_system_prompt_shows_that_it_has_effect():
    assert "It runs with the system prompt: “You are terse.”\n" in await answer(
        "Why?", prompt="You are terse."
    )
    assert "system prompt" not in await answer("Why?")


async def test_the_same_question_gets_the_same_answer():
    assert await answer("Why?") == await answer("Why?")


async def test_a_stream_says_what_the_whole_answer_says():
    deltas = [chunk["choices"][0]["delta"].get("content", "") for chunk in await chunks("Why?")]
    assert "".join(deltas) == await answer("Why?")
    assert len(deltas) > 200


async def test_a_stream_begins_with_the_role_and_ends_with_stop_and_done():
    sent = await events("Why?")
    first, last = json.loads(sent[0])["choices"][0], json.loads(sent[-2])["choices"][0]
    assert first == {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}
    assert last == {"index": 0, "delta": {}, "finish_reason": "stop"}
    assert sent[-1] == "[DONE]"


async def test_usage_is_streamed_only_when_asked_for():
    asked = await chunks("Why?", stream_options={"include_usage": True})
    assert asked[-1]["choices"] == []
    assert asked[-1]["usage"]["completion_tokens"] > 200
    assert not any("usage" in chunk for chunk in await chunks("Why?"))


async def test_all_chunks_of_a_stream_carry_one_id():
    assert len({chunk["id"] for chunk in await chunks("Why?")}) == 1


async def take(count: int, pace: float) -> float:
    """Seconds until the first `count` events of a stream are there."""
    start = time.monotonic()
    async with (
        client(pace) as http,
        http.stream("POST", "/chat/completions", json=request("Why?", stream=True)) as response,
    ):
        stream: AsyncIterator[bytes] = response.aiter_raw()
        for _ in range(count):
            await anext(stream)
    return time.monotonic() - start


async def test_deltas_come_at_the_pace():
    assert 0.2 <= await take(count=11, pace=0.02) < 5


async def test_without_a_pace_deltas_come_at_once():
    assert await take(count=200, pace=0) < 3


async def test_a_cancelled_stream_ends_at_once():
    task = asyncio.create_task(take(count=2, pace=60))
    await asyncio.sleep(0.01)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=20)
    assert done == {task}


async def test_a_closed_stream_says_nothing_more():
    async with client(0.01) as http:
        sent = http.build_request("POST", "/chat/completions", json=request("Why?", stream=True))
        response = await http.send(sent, stream=True)
        stream = aiter(response.stream)
        await anext(stream)
        await response.aclose()
        assert [event async for event in stream] == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"messages": 3}', b'{"messages": [{"role": 1}, 2]}'])
async def test_a_malformed_request_is_refused(body: bytes):
    response = await post(body)
    assert response.status_code == 400
    assert "list of messages" in response.json()["error"]["message"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("GET", "/chat/completions")])
async def test_any_other_request_is_not_found(method: str, path: str):
    async with client() as http:
        response = await http.request(method, path)
    assert response.status_code == 404
    assert path in response.json()["error"]["message"]
