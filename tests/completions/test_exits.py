"""A script that ends without closing anything ends in silence."""

import subprocess
import sys

import pytest

from tests.upstream import UpstreamThread

SCRIPT = """
import asyncio
from chatsite.completions import AsyncClient

async def main():
    client = AsyncClient({url!r})
    create = client.chat.completions.create
{body}

asyncio.run(main())
"""

ENDINGS = {
    "after a whole stream": "async for chunk in create('Hi', stream=True): pass",
    "after a whole answer": "await create('Hi')",
    "in the middle of a stream": "async for chunk in create('Hi', stream=True): break",
    "with a stream in hand": "stream = create('Hi', stream=True)\n    await anext(stream)",
    "with a stream that never began": "stream = create('Hi', stream=True)",
    "by an exit in the middle": "async for chunk in create('Hi', stream=True): raise SystemExit(0)",
    "with a task that reads": "asyncio.create_task(anext(create('Hi', stream=True)))\n    await asyncio.sleep(0.2)",
    "after dropping many clients": "for _ in range(5): await AsyncClient(client_url).chat.completions.create('Hi')",
}


def noise(printed: str) -> str:
    """All but asyncio's notices, in development mode, that the machine was slow."""
    return "".join(line for line in printed.splitlines(keepends=True) if not line.startswith("Executing <"))


@pytest.mark.parametrize(
    "flags", [["-X", "dev", "-W", "error::ResourceWarning"], []], ids=["strict", "plain"]
)
@pytest.mark.parametrize("body", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_script_is_silent_that_ends(body: str, flags: list[str]) -> None:
    with UpstreamThread() as upstream:
        for _ in range(5):
            upstream.reply(["Hello "] * 20, pace=0.005)
        script = SCRIPT.format(
            url=upstream.base_url, body="    " + body.replace("client_url", repr(upstream.base_url))
        )
        ended = subprocess.run(
            [sys.executable, *flags, "-c", script], capture_output=True, text=True, timeout=30
        )
    assert (ended.returncode, ended.stdout, noise(ended.stderr)) == (0, "", "")


def test_a_script_may_use_one_client_in_two_loops() -> None:
    with UpstreamThread() as upstream:
        script = (
            "import asyncio\nfrom chatsite.completions import AsyncClient\n"
            f"client = AsyncClient({upstream.base_url!r})\n"
            "async def once(): return (await client.chat.completions.create('Hi')).choices[0].message.content\n"
            "print(asyncio.run(once()), asyncio.run(once()))\n"
        )
        flags = ["-X", "dev", "-W", "error::ResourceWarning"]
        ended = subprocess.run(
            [sys.executable, *flags, "-c", script], capture_output=True, text=True, timeout=30
        )
    assert (ended.stdout, noise(ended.stderr)) == ("Hello from upstream. Hello from upstream.\n", "")


def test_the_package_knows_no_django() -> None:
    script = "import sys, chatsite.completions, chatsite.completions.routing; print('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"
