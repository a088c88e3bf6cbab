"""AsyncClient: `client.chat.completions.create(...)` for any OpenAI-compatible server."""

import os
from collections.abc import AsyncGenerator, Coroutine, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Literal, Self, overload

from chatsite.completions import demo, request
from chatsite.completions.accumulation import accumulated
from chatsite.completions.attempts import Plan, deliver, fetched
from chatsite.completions.listing import models_from, without_secrets
from chatsite.completions.request import Messages
from chatsite.completions.retries import Repeats
from chatsite.completions.sending import Call, Limits
from chatsite.completions.stream import Accumulated, CompletionStream
from chatsite.completions.transport import Wire, borrowed
from chatsite.completions.types import ChatCompletion, ChatCompletionChunk, Model

FIRST_TOKEN_SECONDS = 120.0
LOCAL_FIRST_TOKEN_SECONDS = 300.0
OPENAI_URL = "https://api.openai.com/v1"


class AsyncClient:
    """A client for one server.

    base_url, api_key: default to the environment's OPENAI_BASE_URL and OPENAI_API_KEY, which are read
    here and nowhere else. Empty ones count as unset, but api_key="" sends no key even if the environment has
    one. A key alone means OpenAI's own server; with neither, the built-in demo model answers, offline.
    max_retries: how often a failed request is repeated before its first chunk.
    The timeouts are seconds: to connect, to the first token, between bytes after it, and in total.
    None for the first token means FIRST_TOKEN_SECONDS, or LOCAL_FIRST_TOKEN_SECONDS for a server of this
    machine or network, which may have to load the model first.
    headers: added to every request (None removes one).
    ca_file: certificate authorities in PEM form, trusted beside the usual ones. proxy: the address of an HTTP
    proxy for all servers except those on this machine. The environment's proxies are not used.
    http_client: an httpx.AsyncClient to send through; the caller closes it.
    Raises ValueError, with a sentence, for a base_url, key, header or number that cannot be used.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        max_retries: int = 2,
        connect_timeout: float = 5,
        first_token_timeout: float | None = None,
        idle_timeout: float = 60,
        total_timeout: float = 600,
        headers: Mapping[str, str | None] | None = None,
        http_client: Any = None,
        ca_file: str = "",
        proxy: str = "",
    ) -> None:
        url = (base_url or os.environ.get("OPENAI_BASE_URL") or "").strip()
        key = (os.environ.get("OPENAI_API_KEY") or "" if api_key is None else api_key).strip()
        self.is_demo = http_client is None and (url == demo.BASE_URL or not (url or key))
        self.repeats = Repeats(_checked_retries(max_retries))
        self._headers = request.checked_headers(headers)
        self._key = request.checked_key(key)
        if self.is_demo:
            self._wire = Wire(demo.BASE_URL, transport=demo.DemoTransport())
        else:
            self._wire = Wire(
                url or OPENAI_URL,
                http_client=borrowed(http_client) if http_client else None,
                ca_file=ca_file,
                proxy=proxy,
            )
        if first_token_timeout is None:
            first_token_timeout = LOCAL_FIRST_TOKEN_SECONDS if self._wire.is_local else FIRST_TOKEN_SECONDS
        timeouts = (connect_timeout, first_token_timeout, idle_timeout, total_timeout)
        self.limits = Limits(*map(_checked_seconds, timeouts))
        self.takes_stream_options = True

    # Made when asked for: kept, they and the client would hold each other until the garbage collector comes
    # by.
    @property
    def chat(self) -> "Chat":
        return Chat(self)

    @property
    def models(self) -> "Models":
        return Models(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes all connections. Not closing is not a fault: they end with the event loop."""
        await self._wire.aclose()

    def forget_stream_options(self) -> None:
        """Stop requesting usage, because this server refuses such requests."""
        self.takes_stream_options = False

    def call(
        self,
        method: str,
        path: str,
        content: dict[str, Any] | None,
        *,
        limits: Limits,
        headers: Mapping[str, str | None] | None = None,
    ) -> Call:
        """A request to this server. Raises TypeError or ValueError when it has no JSON form."""
        stream = bool(content and content.get("stream"))
        authorization = request.authorization(self._key, self._wire.userinfo)
        sent = request.headers(authorization, stream, self._headers, headers)
        encoded = None if content is None else request.encoded(content)
        model = str((content or {}).get("model", ""))
        return Call(self._wire, method, path, sent, encoded, limits, request.secrets(self._key, sent), model)


class Chat:
    """The namespace of `client.chat`."""

    def __init__(self, client: AsyncClient) -> None:
        self.completions = Completions(client)


class Completions:
    """`client.chat.completions`."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    @overload
    def create(
        self, messages: Messages, model: Any = "", *, stream: Literal[True], **params: Any
    ) -> CompletionStream: ...

    @overload
    def create(
        self, messages: Messages, model: Any = "", *, stream: Literal[False] = False, **params: Any
    ) -> Coroutine[Any, Any, ChatCompletion]: ...

    @overload
    def create(
        self, messages: Messages, model: Any = "", *, stream: bool, **params: Any
    ) -> CompletionStream | Coroutine[Any, Any, ChatCompletion]: ...

    def create(
        self, messages: Messages, model: Any = "", *, stream: bool = False, **params: Any
    ) -> CompletionStream | Coroutine[Any, Any, ChatCompletion]:
        """An answer to these messages; nothing is sent before it is iterated or awaited.

        messages: a list of {"role", "content"} objects, or a str, which becomes one user message.
        stream=True gives a CompletionStream to iterate, stream=False an awaitable of a ChatCompletion.
        params go into the body as they are (temperature, max_tokens, stop, tools ...), None left out;
        `extra_body` is laid over it, `extra_headers` are added. Arguments that only g4f knows
        (request.IGNORED: provider, proxy, image ...) are ignored with a warning in the log. Raises
        TypeError or ValueError when a value has no JSON form; everything else, when it is iterated or
        awaited, is a CompletionError.
        """
        record = Accumulated()
        answer = CompletionStream(self.batches(record, messages, model, stream=stream, **params), record)
        return answer if stream else _whole(answer)

    def stream(self, messages: Messages, model: Any = "", **params: Any) -> CompletionStream:
        """The same as create(..., stream=True)."""
        return self.create(messages, model, stream=True, **params)

    def batches(
        self,
        record: Accumulated,
        messages: Messages,
        model: Any = "",
        *,
        stream: bool,
        repeats: Repeats | None = None,
        **params: Any,
    ) -> AsyncGenerator[list[ChatCompletionChunk], None]:
        """Yield lists of the chunks of an answer as they arrive; with stream=False, the whole answer is one chunk. The
        record receives them. `repeats` replaces the client's own."""
        plan = self._plan(messages, model, stream, repeats or self._client.repeats, params)
        return deliver(plan, record)

    def _plan(
        self, messages: Messages, model: Any, stream: bool, repeats: Repeats, params: dict[str, Any]
    ) -> Plan:
        client, own = self._client, params.pop("extra_headers", None)
        if client.is_demo:
            model = model or demo.MODEL
        body = request.body(messages, model, stream, params)
        limits = client.limits if stream else replace(client.limits, first_token=client.limits.total)
        call = client.call("POST", "chat/completions", body, limits=limits, headers=own)
        if not stream or "stream_options" in body or not client.takes_stream_options:
            return Plan(call, repeats)
        asking = body | {"stream_options": {"include_usage": True}}
        rich = client.call("POST", "chat/completions", asking, limits=limits, headers=own)
        return Plan(rich, repeats, plain=call, refused=client.forget_stream_options)


class Models:
    """`client.models`."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def list(self) -> list[Model]:
        """The models that the server offers. Raises the tree's errors."""
        client = self._client
        limits = replace(client.limits, first_token=min(client.limits.first_token, client.limits.total))
        call = client.call("GET", "models", None, limits=limits)
        return without_secrets(models_from(await fetched(call, client.repeats)), call.secret)


async def _whole(answer: CompletionStream) -> ChatCompletion:
    async with answer:
        return accumulated([chunk async for chunk in answer])


def _checked_retries(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("max_retries must be a whole number, 0 or more.")
    return value


def _checked_seconds(value: float) -> float:
    if not value > 0:
        raise ValueError("A timeout must be a number of seconds above 0.")
    return float(value)
