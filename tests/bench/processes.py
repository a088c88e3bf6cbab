"""Programs that a benchmark starts, each in a process of its own, and the site and its baseline among them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from uuid import uuid4

from tests.bench.errors import BenchmarkError

ROOT = Path(__file__).resolve().parents[2]
# What would make a benchmarked site another one than a fresh one.
OWN = ("OPENAI_", "CHATSITE_", "DJANGO_", "DATABASE_", "REDIS_")
STARTS_WITHIN = 60
ENDS_WITHIN = 15


class Process:
    """A program that runs as long as the `with` block. What it says goes to a file in `folder`."""

    ending = signal.SIGTERM

    def __init__(
        self,
        folder: Path,
        *command: object,
        cwd: Path = ROOT,
        user: str | None = None,
        env: Mapping[str, str] = {},
    ) -> None:
        self._command, self._cwd, self._user = [str(part) for part in command], cwd, user
        self._env = clean_environment() | dict(env)
        self._log = folder / f"{uuid4()}.log"

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self._env,
                user=self._user,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(self.ending)
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    def is_ready(self) -> bool:
        """Whether it says so, as ours do."""
        return "\nReady at" in f"\n{self.said}"

    def _wait(self) -> None:
        """Wait until it is ready. Raises BenchmarkError, after its end, when it does not become so."""
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                raise BenchmarkError(f"{' '.join(self._command)} did not start. {self.said}")
            time.sleep(0.05)


class Upstream(Process):
    """The server that stamps deltas."""

    def __init__(self, folder: Path, models: list[str]) -> None:
        more = [f"--model={model}" for model in models]
        super().__init__(folder, sys.executable, "-m", "tests.bench.upstream", "--port=0", *more)

    @property
    def base_url(self) -> str:
        return self.said.split()[-1]


class Baseline(Process):
    """The bare consumer on Daphne. It knows no people."""

    cookies = ()

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        at = ["-b", "127.0.0.1", "-p", str(self.port), "-v", "0"]
        super().__init__(folder, sys.executable, "-m", "daphne", *at, "tests.bench.baseline:application")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        return listens(self.port)


class Site(Process):
    """`manage.py serve` on an empty folder, or, as `env` says, beside other workers. `cookies` are of its people."""

    def __init__(self, folder: Path, base_url: str, **env: str) -> None:
        self.port = free_port()
        self.cookies: list[str] = []
        env |= {"CHATSITE_HOME": str(folder / f"home-{self.port}"), "OPENAI_BASE_URL": base_url}
        super().__init__(folder, sys.executable, "-m", "chatsite", "serve", f"127.0.0.1:{self.port}", env=env)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def shell(self, code: str) -> list[str]:
        """Run some Python within the site; gives the words of the last line that it prints."""
        command = [sys.executable, "-m", "chatsite", "shell", "-v", "0", "-c", code]
        done = subprocess.run(
            command, cwd=ROOT, env=self._env, capture_output=True, text=True, timeout=STARTS_WITHIN
        )
        if done.returncode:
            raise BenchmarkError(f"The site could not be prepared. {done.stderr}")
        return done.stdout.splitlines()[-1].split()

    def people(self, count: int) -> None:
        """Make so many people and sign them in."""
        self.cookies = self.shell(f"from tests.bench.seed import people; people({count})")


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that is a site's setting."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OWN)}


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
