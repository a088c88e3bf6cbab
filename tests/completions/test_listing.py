"""The list of models."""

from typing import Any

import pytest

from chatsite.completions import AsyncClient, ProtocolError
from tests.completions.conftest import KEY
from tests.upstream import Upstream


async def test_models_keep_what_the_server_says_of_them(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(
        body={"data": [{"id": "a", "owned_by": "me", "odd": 1}, "b", {"name": "c"}, {}]}, path="/v1/models"
    )
    first, *others = await client.models.list()
    assert (first.id, first.owned_by, first.raw["odd"], first.context_window) == ("a", "me", 1, None)
    assert [model.id for model in others] == ["b", "c"]


@pytest.mark.parametrize(
    "fields",
    [
        {"context_length": 4096},
        {"max_model_len": 4096},
        {"context_window": 4096},
        {"max_context_length": 4096.0},
        {"meta": {"n_ctx_train": 4096}},
        {"meta": {"n_ctx_train": 131072, "n_ctx": 4096}},
        {"max_context_length": 131072, "loaded_context_length": 4096},
        {"context_length": 131072, "top_provider": {"context_length": 4096}},
        {"context_length": 10**10, "meta": {"n_ctx_train": 4096}},
        {"context_length": -1, "max_model_len": 4096},
        {"context_length": "131072", "max_model_len": 4096},
        {"context_length": None, "max_model_len": 4096},
    ],
)
async def test_the_context_window_is_found(
    upstream: Upstream, client: AsyncClient, fields: dict[str, Any]
) -> None:
    upstream.reply(body={"data": [{"id": "a"} | fields]}, path="/v1/models")
    assert (await client.models.list())[0].context_window == 4096


@pytest.mark.parametrize("window", [10**10, 2**31, 10**400, -1, 0, "4096", [4096], True, float("inf"), None])
async def test_a_context_window_that_cannot_be_one_is_none(
    upstream: Upstream, client: AsyncClient, window: Any
) -> None:
    upstream.reply(body={"data": [{"id": "a", "context_length": window}]}, path="/v1/models")
    assert (await client.models.list())[0].context_window is None


@pytest.mark.parametrize("body", ["<html>", {"object": "list"}, b"", b"7", {"data": "x"}])
async def test_a_list_of_models_that_is_none_is_told(
    upstream: Upstream, client: AsyncClient, body: Any
) -> None:
    upstream.reply(body=body, path="/v1/models")
    with pytest.raises(ProtocolError):
        await client.models.list()


async def test_a_name_that_holds_the_key_is_not_taken(upstream: Upstream, client: AsyncClient) -> None:
    upstream.reply(body={"data": ["a", f"a-{KEY}", {"name": KEY}]}, path="/v1/models")
    assert [model.id for model in await client.models.list()] == ["a"]


async def test_a_short_key_may_be_part_of_a_name(upstream: Upstream) -> None:
    upstream.reply(body={"data": ["ollama/llama"]}, path="/v1/models")
    async with AsyncClient(upstream.base_url, "ollama") as client:
        assert [model.id for model in await client.models.list()] == ["ollama/llama"]
