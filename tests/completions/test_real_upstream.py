"""Streams from a real server, when one is named: UPSTREAM_BASE_URL, UPSTREAM_API_KEY, UPSTREAM_MODEL."""

import os

import pytest

from chatsite.completions import AsyncClient

BASE_URL = os.environ.get("UPSTREAM_BASE_URL", "")
pytestmark = pytest.mark.skipif(not BASE_URL, reason="no UPSTREAM_BASE_URL names a server")


@pytest.fixture
async def real():
    async with AsyncClient(BASE_URL, os.environ.get("UPSTREAM_API_KEY", "")) as client:
        yield client


@pytest.fixture
async def model(real: AsyncClient) -> str:
    return os.environ.get("UPSTREAM_MODEL") or (await real.models.list())[0].id


async def test_a_real_server_streams_to_a_marked_end(real: AsyncClient, model: str) -> None:
    async with real.chat.completions.create("Say hello there!", model, stream=True, max_tokens=64) as stream:
        chunks = [chunk async for chunk in stream]
    assert stream.text and stream.done and chunks


async def test_a_real_server_gives_a_whole_answer(real: AsyncClient, model: str) -> None:
    answer = await real.chat.completions.create("Say hello there!", model, max_tokens=64)
    assert answer.choices[0].message.content and answer.choices[0].finish_reason


async def test_a_real_server_may_be_left_in_mid_answer(real: AsyncClient, model: str) -> None:
    async with real.chat.completions.create("Count to 500.", model, stream=True) as stream:
        await anext(stream)
    assert not stream.done
