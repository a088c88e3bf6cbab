"""A real site: `manage.py serve` in a process that can be killed, ended, paused and started again."""

import atexit
import contextlib
import functools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Self

from tests.harness.database import Database
from tests.harness.meter import Meter
from tests.harness.postgres import PostgresDatabase
from tests.harness.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
LANES = 4
_given: set[int] = set()
RUNNING = "SELECT id, message_id FROM conversations_completion WHERE status = 'streaming'"
OWN = ("OPENAI_", "CHATSITE_", "DJANGO_", "DATABASE_", "REDIS_")


class Site:
    """One process. Two of them share a database and a channel layer when `env` (DATABASE_URL, REDIS_URL) says so.

    home: the folder that it keeps everything in. It keeps its port over restarts.
    """

    def __init__(self, home: Path, base_url: str, user: str | None = None, **env: str) -> None:
        self.home, self.user = home, user
        self.port = free_port()
        self.env = clean_environment() | {
            "CHATSITE_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "chatsite.settings",
            # A request for a title would take the next reply of the scripted upstream.
            "CHATSITE_TITLE_MODEL": "off",
        }
        self.env |= {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "key"} | env
        self.lines: list[str] = []
        self.cookie = ""
        self.cookies: list[str] = []
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Database:
        if address := self.env.get("DATABASE_URL"):
            return PostgresDatabase(address)
        return Database(self.home / "chatsite.sqlite3")

    @property
    def meter(self) -> Meter:
        return Meter(self.process.pid)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> Self:
        """Start, or start again after an end, and wait until it is ready."""
        if not (self.user or "DATABASE_URL" in self.env or self.database.path.exists()):
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _migrated().copy_to(self.database.path)
        self.process = self.manage("serve", f"127.0.0.1:{self.port}")
        # Of this process alone: the listener of the one before may still be reading its last words.
        ready, reported = threading.Event(), threading.Event()
        threading.Thread(target=self._listen, args=[self.process, ready, reported], daemon=True).start()
        assert reported.wait(180) and ready.is_set(), f"The site did not start: {self.lines}"
        return self

    def manage(self, *args: str, stderr: int = subprocess.STDOUT, **env: str) -> subprocess.Popen:
        """Start any command of manage.py on this site."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *args],
            cwd=ROOT,
            env=self.env | env,
            user=self.user,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def shell(self, code: str) -> list[str]:
        """Run some Python within the site; returns the words of the last line that it prints."""
        process = self.manage("shell", "-v", "0", "-c", code, stderr=subprocess.PIPE)
        said, complained = process.communicate(timeout=60)
        assert said.strip(), complained
        return said.splitlines()[-1].split()

    def people(self, count: int, **flags: bool) -> None:
        """Make a number of people and sign them in: `cookies` are theirs. The flags are those of a user."""
        self.cookies = self.shell(f"from tests.harness.seed import people; people({count}, **{flags})")

    def _listen(self, process: subprocess.Popen, ready: threading.Event, reported: threading.Event) -> None:
        """Read what it says to its end: a full pipe would stop it."""
        for line in process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("Ready at"):
                ready.set()
                reported.set()
        process.stdout.close()
        reported.set()

    def kill(self) -> None:
        """kill -9: no handler, no last words."""
        self.process.kill()
        self.process.wait(10)

    def terminate(self) -> None:
        """SIGTERM; does not wait."""
        self.process.send_signal(signal.SIGTERM)

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def unpause(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """End it in any state."""
        if self.is_up:
            self.unpause()
            self.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def sign_in_link(self) -> str:
        return (self.home / "sign_in_link").read_text().strip()

    def said(self, words: str) -> list[str]:
        """The lines of its log that hold these words."""
        return [line for line in self.lines if re.search(words, line)]

    @property
    def running(self) -> list[dict[str, Any]]:
        """The answers that are being written, by the database."""
        return self.database.rows(RUNNING)

    def until_idle(self, seconds: float = 60) -> None:
        """Wait until no answer is being written."""
        wait_for(lambda: not self.running, "answers are still being written", seconds)

    def copy_to(self, home: Path) -> None:
        """Give another site, not yet started, all that this one keeps, signed-in people included."""
        home.mkdir()
        self.database.copy_to(home / "chatsite.sqlite3")
        shutil.copy(self.home / "secret_key", home)
        shutil.copytree(self.home / "static", home / "static")


@functools.cache
def _migrated() -> Database:
    """A new site's database, made once in each process that starts sites: the migrations take most of a first start."""
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home)
    site = Site(home, "")
    process = site.manage("migrate")
    said, _ = process.communicate(timeout=180)
    assert process.returncode == 0, said
    return site.database


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that is a site's setting."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN)}


def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nothing listens on, and that nobody else gets while its owner is down: the system gives others, each
    lane of tests has ports of its own, and none is given twice."""
    lane = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % LANES
    while True:
        port = random.randrange(20_000 + lane, 32_000, LANES)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            if port not in _given:
                _given.add(port)
                return port
