"""Tests a provider before it is saved: each step is a sentence, and a failing one says what to do."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from copy import copy
from urllib.parse import urlsplit

from chatsite.completions import AsyncClient, CompletionError
from chatsite.completions.redaction import redacted
from chatsite.completions.types import ChatCompletionChunk
from chatsite.providers.clients import make_client
from chatsite.providers.connection_steps import STEP_SECONDS, Failed, Step, connection_steps, speaks_tls
from chatsite.providers.kinds import Kind, kind_of
from chatsite.providers.models import Origin, Provider
from chatsite.wording import counted

TEST_SECONDS = 60
MAX_SHOWN_CHARACTERS = 80
# Long enough that it can be stopped, and cheap.
QUESTION = "Count from one to two hundred in words."
MAX_TOKENS = 200


async def diagnose(provider: Provider, model: str = "") -> AsyncIterator[Step]:
    """Yield the steps as they end, up to the first that fails. `model`: the one to ask; empty: the first for chat."""
    try:
        async with asyncio.timeout(TEST_SECONDS):
            if provider.origin != Origin.DEMO:
                async for step in connection_steps(provider):
                    yield step
            async for step in _answered(provider, model):
                yield step
    except Failed as failed:
        yield failed.step
    except TimeoutError:
        yield Step(f"The test took longer than {TEST_SECONDS} s and was ended.", False, "Try again later.")


async def _answered(provider: Provider, model: str) -> AsyncIterator[Step]:
    """The server itself: its list of models, and an answer that is stopped."""
    try:
        # Errors are shown without a retry: a server can ask to wait longer than the test takes.
        client = make_client(provider, max_retries=0)
    except ValueError as error:
        raise Failed(str(error), _setting_advice(str(error))) from error
    async with client:
        names = []
        try:
            begun = time.monotonic()
            listed = await client.models.list()
        except CompletionError as error:
            if not model:
                raise Failed(str(error), await _advice(provider, error, "Check the base URL.")) from error
            yield Step(f"It lists no models: {error}")
        else:
            names = [each.id for each in listed if kind_of(each.id, each.raw) == Kind.CHAT]
            yield Step(
                f"It lists {counted(len(listed), 'model')}, {len(names)} of them for chat, "
                f"after {_milliseconds(begun)} ms."
            )
        chosen = model or next(iter(names), "")
        if not chosen:
            raise Failed("It lists no model for chat.", "Save it, and add a model by hand under Models.")
        async for step in _asked(provider, client, chosen):
            yield step


async def _asked(provider: Provider, client: AsyncClient, model: str) -> AsyncIterator[Step]:
    begun = time.monotonic()
    try:
        async with aclosing(client.chat.completions.stream(QUESTION, model, max_tokens=MAX_TOKENS)) as stream:
            text, first, is_whole = await _beginning(stream, begun)
            stopping = time.monotonic()
        stopped = _milliseconds(stopping)
    except CompletionError as error:
        otherwise = "Check the base URL and the model's name."
        raise Failed(f"{model} did not answer. {error}", await _advice(provider, error, otherwise)) from error
    if not text.strip():
        raise Failed(f"{model} answered without a word.", "Try another model.")
    yield Step(f"{model} answers after {first} ms: “{_shown(provider, text)}”")
    if is_whole:
        yield Step("The answer ended by itself, before it could be stopped.")
    else:
        yield Step(f"Stop ended the request within {stopped + 1} ms.")


async def _beginning(stream: AsyncIterator[ChatCompletionChunk], begun: float) -> tuple[str, int, bool]:
    """Read what is shown of an answer. Returns it, the milliseconds to its first word, and whether it is all."""
    text, first = "", 0
    async for chunk in stream:
        said = _said(chunk)
        first = first if text or not said else _milliseconds(begun)
        text += said
        if len(text) >= MAX_SHOWN_CHARACTERS:
            return text, first, False
    return text, first, True


def _shown(provider: Provider, text: str) -> str:
    """Return a text without the key and the headers that the server received, and may repeat."""
    secrets = (provider.api_key, *provider.headers.values())
    return redacted(text, secrets, MAX_SHOWN_CHARACTERS) or "…"


def _said(chunk: ChatCompletionChunk) -> str:
    delta = chunk.choices[0].delta if chunk.choices else None
    return (delta.content or delta.reasoning or "") if delta else ""


async def _advice(provider: Provider, error: CompletionError, otherwise: str) -> str:
    """Return what to do about an error of the server; `otherwise`: where nothing better is known."""
    if error.status in (401, 403):
        return "Check the API key." if provider.api_key else "The server wants an API key: type one."
    if error.status == 402:
        return "Look at the account's balance at the provider."
    if error.status == 429:
        return "Wait, or look at the account's limits and balance at the provider."
    if error.kind == "timeout":
        return "A large model may have to be loaded first: try again, or raise the first token timeout."
    return await _other_scheme(provider, error) or await _other_path(provider) or otherwise


def _setting_advice(sentence: str) -> str:
    """Return what to do where no client can be made of the settings."""
    if "CHATSITE_" in sentence:
        return "Correct it where the site is started, and start it again."
    return "Type it again."


async def _other_scheme(provider: Provider, error: CompletionError) -> str:
    """Return what to try if the server hung up, or did not understand, because it expects https or a certificate."""
    parts = urlsplit(provider.base_url)
    if error.kind != "connection" and error.status != 400:
        return ""
    if parts.scheme == "https":
        own = "The server may want a certificate of the site’s own, which the site cannot send: look into its log."
        return own if error.kind == "connection" else ""
    if not await speaks_tls(parts.hostname or "", parts.port or 80):
        return ""
    return f"The server speaks https there: try {parts._replace(scheme='https').geturl()}."


async def _other_path(provider: Provider) -> str:
    """Return a sentence where the server lists models at the same address with /v1 at its end."""
    if provider.base_url.rstrip("/").endswith("/v1"):
        return ""
    other = copy(provider)
    other.base_url = f"{provider.base_url.rstrip('/')}/v1"
    try:
        async with make_client(other) as client, asyncio.timeout(STEP_SECONDS):
            count = len(await client.models.list())
    except (CompletionError, TimeoutError):
        return ""
    return f"Try {other.base_url}: it lists {counted(count, 'model')} there."


def _milliseconds(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
