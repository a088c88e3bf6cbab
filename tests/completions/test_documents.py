"""Scripts that were written for g4f's AsyncClient run with only their import changed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.upstream import Upstream, UpstreamThread

SCRIPTS = Path(__file__).parent / "documents"
COURT = "how does a court case get to the Supreme Court?"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with UpstreamThread() as upstream:
        yield upstream


def start(name: str, folder: Path, upstream: Upstream | None = None) -> subprocess.Popen[bytes]:
    """Run a script as a person would; its first line is indented as the document shows it."""
    text = (SCRIPTS / f"{name}.py.txt").read_text().lstrip()
    mine = text.replace("from g4f.client import AsyncClient", "from chatsite.completions import AsyncClient")
    assert mine != text
    script = folder / f"{name}.py"
    script.write_text(mine)
    command = [sys.executable, "-W", "error::ResourceWarning", str(script)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONIOENCODING": "utf-8"}
    if upstream:
        environment |= {"OPENAI_BASE_URL": upstream.base_url, "OPENAI_API_KEY": "sk-test"}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def output(process: subprocess.Popen[bytes]) -> str:
    """What a script printed, once it has ended well and without a word on stderr."""
    try:
        out, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (errors.decode(), process.returncode) == ("", 0)
    return out.decode()


def test_the_streaming_script_prints_the_demos_greeting_with_nothing_set_up(tmp_path: Path):
    shown, _, whole = output(start("streaming", tmp_path)).partition("\n\nFinal accumulated text: ")
    assert shown.startswith("Hello there!\n\nThis is the built-in demo model")
    assert "“Say hello there!”" in shown
    assert whole == shown + "\n"


def test_the_completion_script_prints_the_demos_answer_with_nothing_set_up(tmp_path: Path):
    printed = output(start("completion", tmp_path))
    assert f"You asked: “{COURT}”" in printed
    assert "It runs with the system prompt: “You are a helpful assistant.”" in printed


def test_the_script_of_two_questions_prints_the_demos_answer_to_the_last(tmp_path: Path):
    printed = output(start("two_questions", tmp_path))
    assert "You asked: “What are the requirements for a case to be heard by the Supreme Court?”" in printed


def test_the_streaming_script_prints_what_the_endpoint_streams(tmp_path: Path, upstream: Upstream):
    upstream.reply("Grüße 🌍,\nall of you!")
    printed = output(start("streaming", tmp_path, upstream))
    assert printed == "Grüße 🌍,\nall of you!\n\nFinal accumulated text: Grüße 🌍,\nall of you!\n"


def test_the_streaming_script_asks_the_endpoint_for_a_stream_once(tmp_path: Path, upstream: Upstream):
    output(start("streaming", tmp_path, upstream))
    (request,) = upstream.requests
    assert request.json["model"] == "gpt-4"
    assert request.json["stream"] is True
    assert request.json["messages"] == [{"role": "user", "content": "Say hello there!"}]
    assert request.headers["authorization"] == "Bearer sk-test"


def test_the_streaming_script_prints_while_the_answer_is_written(tmp_path: Path, upstream: Upstream):
    reply = upstream.hold()
    process = start("streaming", tmp_path, upstream)
    upstream.requested(timeout=20)
    reply.send("Hello")
    assert process.stdout.read(5) == b"Hello"
    reply.send(" there")
    reply.finish()
    assert output(process) == " there\n\nFinal accumulated text: Hello there\n"


@pytest.mark.parametrize("clean", [True, False])
def test_the_streaming_script_keeps_the_text_of_a_cut_answer(tmp_path: Path, upstream: Upstream, clean: bool):
    upstream.cut("Hello wor", clean=clean)
    printed = output(start("streaming", tmp_path, upstream))
    assert printed.startswith("Hello wor\nError occurred: ")
    assert printed.endswith("\n\nFinal accumulated text: Hello wor\n")


def test_the_streaming_script_names_a_refused_key(tmp_path: Path, upstream: Upstream):
    upstream.reply(status=401, body={"error": {"message": "Incorrect API key provided."}})
    printed = output(start("streaming", tmp_path, upstream))
    error, _, text = printed.partition("\n\nFinal accumulated text: ")
    assert error.startswith("\nError occurred: ")
    assert "key" in error
    assert "sk-test" not in error
    assert text == "\n"


def test_the_completion_script_prints_the_endpoints_answer(tmp_path: Path, upstream: Upstream):
    upstream.reply("Through *certiorari*, mostly.")
    assert output(start("completion", tmp_path, upstream)) == "Through *certiorari*, mostly.\n"


def test_the_completion_script_sends_its_messages_once_and_wants_no_stream(
    tmp_path: Path, upstream: Upstream
):
    output(start("completion", tmp_path, upstream))
    (request,) = upstream.requests
    assert request.json["model"] == "gpt-4o"
    assert not request.json.get("stream")
    system = {"role": "system", "content": "You are a helpful assistant."}
    assert request.json["messages"] == [system, {"role": "user", "content": COURT}]


def test_the_script_of_two_questions_sends_both(tmp_path: Path, upstream: Upstream):
    output(start("two_questions", tmp_path, upstream))
    roles = [message["role"] for message in upstream.requests[0].json["messages"]]
    assert roles == ["system", "user", "user"]
