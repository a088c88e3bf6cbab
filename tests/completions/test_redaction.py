"""What a server says is shown without keys and private addresses, and still says what is wrong."""

from time import process_time

import pytest

from chatsite.completions import AsyncClient
from chatsite.completions.failures import status_error
from chatsite.completions.redaction import redacted
from tests.completions.conftest import KEY, ask
from tests.upstream import Upstream, error

SECRETS = {
    "the key in use": f"Incorrect API key provided: {KEY}.",
    "a key of that look": "Bad key sk-proj-abcDEF123456 given",
    "a redacted key": "Incorrect API key provided: sk-ab***********wxyz.",
    "a bearer": "Header was 'Bearer abcdef.ghijkl'",
    "a long token": "token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 expired",
    "an address": "Cannot reach https://secret-host.internal:8443/v1/x?key=1",
    "a host": "upstream secret-host.corp.example.com refused",
    "a host and port": "dial tcp secret-host:8443: refused",
    "an IP": "connect to 10.1.2.3:8443 failed",
    "a file": 'File "/usr/lib/secret/app.py", line 3',
    "a mail address": "ask secret@host.org",
    "IPv6": "connect to [::1]:8443",
    "a name of this network": "http://secret:8443/v1 is down",
    "a page with a password": "see https://me:secret@help.example.com/keys",
    "a named key": "api_key=abcdef12 is wrong for secret-1.corp.example.com",
    "letters and digits in turn": "id abcdef12ab34cd56ef78wxyz",
    "a long hash": "id 0123456789abcdef0123456789wxyz01",
}


@pytest.mark.parametrize("said", SECRETS.values(), ids=SECRETS.keys())
def test_neither_keys_nor_addresses_are_shown(said: str) -> None:
    shown = str(status_error(400, b'{"error": "' + said.encode() + b'"}', secret=KEY))
    for private in ("sk-", "abcdef", "eyJ", "secret", "10.1", "wxyz", "8443"):
        assert private not in shown
    assert "[key]" in shown or "[address]" in shown


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 4096 tokens, however you requested 5000 tokens.",
        "The model `gpt-4.1-mini` does not exist",
        'model "llama3.2:11b-instruct-q4_K_M" not found, try pulling it first',
        "Invalid value for 'messages[0].content': expected a string.",
        "Unsupported parameter: 'stream_options.include_usage'",
        "The model `gpt-4o-2024-08-06-prod-eastus2-001` does not exist",
        "model 'qwen3:30b-a3b-instruct-2507-q4_K_M' not found",
        "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M: no such file",
        "The deployment prod-gpt-4o-mini-2024-07-18-global does not exist",
        "The model meta-llama/Meta-Llama-3.1-405B-Instruct-FP8 is not available",
        "Model key-value cache is full",
        "'max_completion_tokens_and_reasoning_2025' is not supported",
        "Go to https://platform.openai.com/settings/organization/general and click Verify",
        "Find yours at platform.openai.com/account/api-keys.",
        "No endpoints match. Configure: https://openrouter.ai/settings/privacy",
        "Bearer authentication is required; the token limit is exceeded",
        "max_tokens:40000 is more than the context length:32768",
    ],
)
def test_useful_words_are_left_alone(said: str) -> None:
    assert status_error(404, said.encode()).detail == said


@pytest.mark.parametrize("stream", [True, False])
async def test_the_name_of_the_model_that_was_asked_is_shown_whatever_it_looks_like(
    upstream: Upstream, client: AsyncClient, stream: bool
) -> None:
    model = "registry.corp.example.com/team/9aBcD1eF2gHi3jKl4:a1b2c3d4e5f6a7b8c9d0"
    said = f"model '{model}' not found"
    if stream:
        upstream.reply(chunks=[error(said)])
    else:
        upstream.reply(status=404, body={"error": said})
    answer = client.chat.completions.create("Hi", model, stream=True)
    with pytest.raises(Exception, match="not found") as caught:
        _ = [chunk async for chunk in answer]
    assert said in str(caught.value)


async def test_a_key_in_a_header_of_ones_own_is_not_shown(upstream: Upstream) -> None:
    upstream.reply(status=400, body={"error": "no such key: correct horse battery"})
    headers = {"api-key": "correct horse battery"}
    async with AsyncClient(upstream.base_url, headers=headers, max_retries=0) as client:
        assert (await ask(client)).error.detail == "no such key: [key]"


@pytest.mark.parametrize(
    ("key", "said", "shown"),
    [
        ("k", "Too many tokens in the key 'k'.", "Too many tokens in the key '[key]'."),
        ("ollama", "ollama-runner: bad key ollama", "ollama-runner: bad key [key]"),
        ("a key of some length", "xa key of some lengthx", "x[key]x"),
    ],
)
def test_a_short_key_is_removed_only_where_it_stands_alone(key: str, said: str, shown: str) -> None:
    assert redacted(said, key) == shown


def test_no_part_of_a_key_is_left_at_the_cut() -> None:
    for size in range(380, 640):
        assert "01234" not in (redacted("10.1.2.3 " * 9 + "w " * (size // 2) + KEY + " end", KEY) or "")


@pytest.mark.parametrize("said", ["a.", "a-", "sk-", "a:", "*", "a1", "://", "bearer a", "<", "eyJ", "é@"])
def test_no_words_take_long_to_mask(said: str) -> None:
    begun = process_time()
    redacted(said * 2000, KEY, model="a-a.a:a" * 20)
    assert process_time() - begun < 0.5


@pytest.mark.parametrize("shown", ["sk-live-SECRETKEY-ab", "sk-live-SECR…", "sk-live-SEC...", "fghijklmnop"])
def test_a_part_of_the_key_in_use_is_removed(shown):
    text = redacted(f"The key {shown} is wrong.", "sk-live-SECRETKEY-abcdefghijklmnop")
    assert text is not None and shown.rstrip(".…") not in text and text.startswith("The key [key]")


def test_a_word_that_a_key_begins_with_stays_where_it_is_short():
    assert redacted("Ask the live team.", "live-SECRETKEY") == "Ask the live team."
