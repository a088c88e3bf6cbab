"""The benchmark's upstream, as the site's own client hears it."""

import asyncio
import hashlib
import json
from urllib.request import urlopen

import pytest

from chatsite.completions import AsyncClient, CompletionError
from tests.bench.processes import Upstream
from tests.bench.receipts import Receipts
from tests.bench.workloads import microseconds


@pytest.fixture(scope="module")
def upstream(tmp_path_factory):
    with Upstream(tmp_path_factory.mktemp("upstream"), ["bench-max-7tok"]) as upstream:
        yield upstream


@pytest.fixture
async def client(upstream):
    async with AsyncClient(upstream.base_url, "", max_retries=0) as client:
        yield client


def stats(upstream):
    with urlopen(upstream.base_url.removesuffix("v1") + "stats") as response:
        return json.load(response)


def ask(client, model, prompt="Say something.", **options):
    messages = [{"role": "user", "content": prompt}]
    return client.chat.completions.create(messages, model=model, **options)


async def heard(client, model, prompt="Say something."):
    pieces = []
    async for chunk in ask(client, model, prompt, stream=True):
        pieces += [(microseconds(), choice.delta.content) for choice in chunk.choices if choice.delta.content]
    return pieces


@pytest.mark.parametrize("model", ["bench-200tps-50tok", "bench-max-50tok"])
async def test_every_delta_is_stamped_when_it_is_written(client, model):
    receipts = Receipts.of(await heard(client, model), 50)
    assert receipts.is_whole
    assert all(0 <= delay < 1_000_000 for delay in receipts.delays)


async def test_a_paced_answer_takes_its_time(client):
    pieces = await heard(client, "bench-100tps-31tok")
    assert pieces[-1][0] - pieces[0][0] > 250_000


async def test_it_records_what_it_was_asked_and_what_it_sent(client, upstream):
    text = "".join(text for _, text in await heard(client, "bench-max-md10k", "a prompt of its own"))
    (record,) = [each for each in stats(upstream)["requests"] if each["prompt"] == "a prompt of its own"]
    assert record["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert record["state"] == "complete"
    assert record["arrived"] <= record["first"] <= record["last"] <= stats(upstream)["now"]


async def test_it_notices_that_nobody_listens_any_more(client, upstream):
    async with ask(client, "bench-10tps-500tok", "left early", stream=True) as stream:
        await anext(stream)
    for _ in range(200):
        states = {each["prompt"]: each["state"] for each in stats(upstream)["requests"]}
        if states["left early"] != "running":
            break
        await asyncio.sleep(0.02)
    assert states["left early"] == "gone"


async def test_it_lists_what_it_was_told_to(client):
    listed = {model.id: model.context_window for model in await client.models.list()}
    assert listed["bench-max-7tok"] is None
    assert listed["bench-max-3tok-window500"] == 500


async def test_it_knows_no_other_models(client):
    with pytest.raises(CompletionError):
        await heard(client, "gpt-4")
