"""`manage.py serve` where the streams that it was started with are closed or take nothing."""

import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.harness.site import free_port
from tests.harness.waiting import wait_for
from tests.operations.processes import ROOT, environment, hear_the_keyboard


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home") / "var"


def answers(url: str) -> bool:
    with suppress(OSError):
        return urllib.request.urlopen(f"{url}/accounts/login/", timeout=5).status == 200
    return False


@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", ">/dev/full 2>&1"])
def test_a_site_is_served_whatever_its_streams_are(home, streams):
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        ["sh", "-c", f'exec "$0" manage.py serve {address} {streams}', sys.executable],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=hear_the_keyboard,
    )
    try:
        wait_for(lambda: answers(f"http://{address}"), "it is not served", 60)
        numbers = [str(Path(f"/proc/{process.pid}/fd/{number}").readlink()) for number in range(3)]
        assert not any("chatsite" in name or "socket" in name for name in numbers)
    finally:
        process.terminate()
        assert process.wait(30) == 0
    with closing(sqlite3.connect(home / "chatsite.sqlite3")) as database:
        assert database.execute("PRAGMA quick_check").fetchone() == ("ok",)
