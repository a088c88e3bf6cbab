"""What a person and a program learn from a failure."""

import asyncio
import pickle
from typing import Any

import pytest

import chatsite.completions as completions
from chatsite.completions import AsyncClient, CompletionError, RateLimitError
from chatsite.completions.failures import status_error, upstream_error
from tests.completions.conftest import ask
from tests.upstream import Upstream

STATUSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "APIStatusError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "APIStatusError",
    409: "ConflictError",
    413: "APIStatusError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    500: "InternalServerError",
    502: "InternalServerError",
    503: "InternalServerError",
    529: "InternalServerError",
}


@pytest.mark.parametrize(("status", "name"), STATUSES.items())
async def test_each_status_has_its_error(
    upstream: Upstream, client: AsyncClient, status: int, name: str
) -> None:
    upstream.reply(status=status)
    failure = (await ask(client)).error
    assert (type(failure).__name__, failure.kind, failure.status) == (name, "status", status)
    assert failure.retryable == (status in (408, 409, 429) or status >= 500)
    assert str(failure).endswith((".", "”"))


@pytest.mark.parametrize("stream", [True, False])
async def test_a_whole_answer_fails_with_the_same_errors(
    upstream: Upstream, client: AsyncClient, stream: bool
) -> None:
    upstream.reply(status=401)
    with pytest.raises(completions.AuthenticationError, match=r"^The model server refused the key\.$"):
        answer = client.chat.completions.create("Hi", stream=stream)
        _ = [c async for c in answer] if stream else await answer


BODIES: dict[str, tuple[bytes, str | None]] = {
    "OpenAI's": (b'{"error": {"message": "Too long", "type": "t", "code": "c"}}', "Too long"),
    "a text": (b'{"error": "Too long"}', "Too long"),
    "FastAPI's": (b'{"detail": "Too long"}', "Too long"),
    "FastAPI's list": (b'{"detail": [{"loc": ["body"], "msg": "Too long", "type": "t"}]}', "Too long"),
    "a message": (b'{"message": "Too long"}', "Too long"),
    "a list": (b'[{"error": {"code": 400, "message": "Too long"}}]', "Too long"),
    "plain words": (b"Too long", "Too long"),
    "a BOM and JSON": (b'\xef\xbb\xbf{"error": "Too long"}', "Too long"),
    "HTML": (b"<html><body><h1>502 Bad Gateway</h1></body></html>", None),
    "nothing": (b"", None),
    "null": (b"null", None),
    "an empty message": (b'{"error": {"message": ""}}', None),
    "no text": (b"\xff\xfe\x00", "\ufffd\ufffd"),
}


@pytest.mark.parametrize(("body", "detail"), BODIES.values(), ids=BODIES.keys())
def test_the_servers_words_are_found_in(body: bytes, detail: str | None) -> None:
    error = status_error(400, body)
    assert error.detail == detail
    assert (f"“{detail}”" in str(error)) == (detail is not None)
    assert "<" not in str(error)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": {"message": "x", "code": "insufficient_quota", "type": "t"}}', "insufficient_quota"),
        (b'{"error": {"message": "x", "code": "429"}}', "429"),
        (b'{"error": {"message": "x", "code": 429}}', "429"),
        (b'{"error": {"message": "x", "code": null, "type": "overloaded"}}', "overloaded"),
        (b'{"error": "x"}', None),
    ],
)
def test_the_servers_code_is_a_text(body: bytes, code: str | None) -> None:
    assert status_error(429, body).code == code


def test_a_long_complaint_is_cut() -> None:
    assert len(status_error(400, b'{"error": "' + b"long words " * 200 + b'"}').detail or "") == 500


def test_a_wait_is_named_in_the_sentence() -> None:
    error = status_error(429, b"", retry_after=19.6)
    assert str(error) == "The model server has too many requests; try again in 20 s."


def test_a_context_that_is_too_long_is_named() -> None:
    error = status_error(400, b'{"error": {"message": "x", "code": "context_length_exceeded"}}')
    assert str(error).startswith("The conversation is too long for this model")


@pytest.mark.parametrize(
    ("code", "status", "retryable"), [(429, 429, True), ("401", 401, False), ("x", None, True)]
)
def test_an_error_inside_a_success_has_the_status_that_its_code_is(
    code: Any, status: Any, retryable: bool
) -> None:
    error = upstream_error({"error": {"message": "no", "code": code}})
    assert (error.kind, error.status, error.retryable, error.code) == (
        "upstream",
        status,
        retryable,
        str(code),
    )


async def test_a_huge_error_body_is_not_read_to_its_end(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(chunks=[b"<html>" + b"x" * 10_000_000], status=502)
    failure = (await ask(client)).error
    assert failure and failure.status == 502 and len(str(failure)) < 200


async def test_nothing_listens_there() -> None:
    async with AsyncClient("http://127.0.0.1:9/v1", max_retries=0) as client:
        failure = (await ask(client)).error
    assert (failure.kind, str(failure)) == ("connection", "The model server cannot be reached.")
    assert failure.__cause__ is not None


async def test_there_is_no_such_host() -> None:
    async with AsyncClient("http://nowhere.invalid/v1", max_retries=0) as client:
        failure = (await ask(client)).error
    assert (failure.kind, str(failure)) == ("connection", "The model server cannot be reached.")


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100, b"x" * 100_000]
)
async def test_a_server_that_speaks_no_http(greeting: bytes) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with AsyncClient(f"http://127.0.0.1:{port}/v1", max_retries=0) as client:
            failure = (await ask(client)).error
    assert (failure.kind, str(failure)) == ("connection", "The connection to the model server broke.")


@pytest.mark.parametrize("name", [name for name in completions.__all__ if name.endswith("Error")])
def test_every_error_is_in_the_tree_and_its_drawing(name: str) -> None:
    assert issubclass(getattr(completions, name), CompletionError)
    assert name in (completions.errors.__doc__ or "")


def test_errors_survive_a_trip_between_processes() -> None:
    error = status_error(429, b"", retry_after=2)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.status, copy.retry_after) == (RateLimitError, str(error), 429, 2)
