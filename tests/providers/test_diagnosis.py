"""A provider is tested before it is saved: the step that fails is the right one, and says what to do."""

import socket

import pytest

from tests.providers.diagnosing import failure_of, steps_of
from tests.upstream import Upstream

WEB_PAGE = "<!doctype html><title>Welcome</title><p>Hello."


@pytest.fixture
async def upstream():
    async with Upstream() as upstream:
        yield upstream


async def test_everything_that_works_ends_in_the_first_words_and_a_stop_that_arrives(upstream):
    upstream.reply(("word " * 500).split(" "), pace=0.01)
    steps = await steps_of(upstream.base_url, key="sk-mine")
    assert all(step.ok for step in steps)
    port, listed, answer, stop = [step.sentence for step in steps]
    assert port == f"Something listens at port {upstream.port}."
    assert listed.startswith("It lists 1 model, 1 of them for chat, after ")
    assert "test-model answers after" in answer and "“word" in answer
    assert stop.startswith("Stop ended the request within ")
    assert (await upstream.closed()).headers["authorization"] == "Bearer sk-mine"


async def test_a_key_that_the_server_repeats_is_not_shown(upstream):
    upstream.reply(["You sent ", "sk-mine-and-", "only-mine and blue-and-secret."])
    steps = await steps_of(
        upstream.base_url, key="sk-mine-and-only-mine", headers={"X-Team": "blue-and-secret"}
    )
    shown = " ".join(step.sentence for step in steps)
    assert "“You sent [key] and [key].”" in shown and "mine" not in shown


async def test_a_name_without_an_address_is_said_first():
    passed, sentence, advice = await failure_of("http://no-such-host.invalid/v1")
    assert (passed, sentence) == (0, "The name no-such-host.invalid leads to no address.")
    assert "typing mistake" in advice


async def test_a_name_is_shown_with_its_address(upstream):
    first, *_ = await steps_of(upstream.base_url.replace("127.0.0.1", "localhost"))
    assert first.sentence == "The name localhost leads to 127.0.0.1." or "::1" in first.sentence


async def test_a_port_where_nothing_listens_is_said():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    passed, sentence, advice = await failure_of(f"http://127.0.0.1:{port}/v1")
    assert (passed, sentence) == (0, f"127.0.0.1 refuses connections at port {port}.")
    assert "Is the server running" in advice


async def test_an_address_without_v1_is_told_where_the_models_are(upstream):
    passed, _, advice = await failure_of(upstream.base_url.removesuffix("/v1"))
    assert (passed, advice) == (1, f"Try {upstream.base_url}: it lists 1 model there.")


@pytest.mark.parametrize(
    ("reply", "key", "words", "what_to_do"),
    [
        ({"status": 401}, "", "refused the key", "The server wants an API key: type one."),
        ({"status": 401}, "sk-wrong", "refused the key", "Check the API key."),
        ({"body": WEB_PAGE}, "", "sent a web page instead of JSON", "Check the base URL."),
        ({"body": "Hello."}, "", "sent something else instead of JSON", "Check the base URL."),
        ({"status": 404}, "", "does not know", "Check the base URL."),
    ],
)
async def test_a_list_of_models_that_does_not_come_is_said(upstream, reply, key, words, what_to_do):
    upstream.reply(path="/v1/models", **reply)
    passed, sentence, advice = await failure_of(upstream.base_url, key=key)
    assert passed == 1 and words in sentence and what_to_do in advice
    assert "sk-wrong" not in sentence


@pytest.mark.parametrize(
    ("reply", "words", "what_to_do"),
    [
        ({"status": 404}, "does not know this model", "Check the base URL and the model's name."),
        ({"status": 402}, "asks for payment", "account's balance"),
        ({"body": WEB_PAGE}, "test-model did not answer.", "Check the base URL"),
        ({"text": ""}, "test-model answered without a word.", "another model"),
    ],
)
async def test_an_answer_that_does_not_come_is_said(upstream, reply, words, what_to_do):
    for _ in range(4):
        upstream.reply(**reply)
    passed, sentence, advice = await failure_of(upstream.base_url)
    assert passed == 2 and words in sentence and what_to_do in advice


@pytest.mark.parametrize("seconds", [0, 30])
async def test_too_many_requests_are_said_at_once(upstream, seconds):
    upstream.reply(status=429, headers={"Retry-After": str(seconds)})
    _, sentence, advice = await failure_of(upstream.base_url)
    assert "too many requests" in sentence and "limits and balance" in advice


async def test_a_server_that_falls_silent_is_said(upstream):
    for _ in range(4):
        upstream.hang()
    _, sentence, advice = await failure_of(upstream.base_url, first_token_timeout=0.3)
    assert "test-model did not answer." in sentence and "try again" in advice


async def test_a_server_without_models_for_chat_is_said(upstream):
    upstream.models = ["nomic-embed-text"]
    passed, sentence, _ = await failure_of(upstream.base_url)
    assert (passed, sentence) == (2, "It lists no model for chat.")


async def test_a_secret_of_another_field_key_is_said(upstream, settings):
    *_, failed = await steps_of(upstream.base_url, key_variable="CHATSITE_KEY_GONE")
    assert failed.sentence == "CHATSITE_KEY_GONE is not set in the site's environment."


async def test_the_demo_is_tested_without_a_network():
    steps = await steps_of("http://demo.invalid/v1", origin="demo")
    assert len(steps) == 3 and all(step.ok for step in steps)
