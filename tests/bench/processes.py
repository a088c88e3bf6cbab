"""The programs that a benchmark starts beside the site: the upstream, and the bare consumer."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from uuid import uuid4

from tests.bench.errors import BenchmarkError
from tests.harness.site import ROOT, clean_environment, free_port, listens

STARTS_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 15


class Process:
    """A program that runs as long as the `with` block. What it prints goes to a file in `folder`."""

    def __init__(self, folder: Path, *command: object) -> None:
        self._command = [str(part) for part in command]
        self._log = folder / f"{uuid4()}.log"

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=clean_environment(), stdout=log, stderr=subprocess.STDOUT
            )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def printed(self) -> str:
        return self._log.read_text(errors="replace")

    def is_ready(self) -> bool:
        raise NotImplementedError

    def _wait(self) -> None:
        """Wait until it is ready. Raises BenchmarkError, after its end, when it does not become so."""
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                raise BenchmarkError(f"{' '.join(self._command)} did not start. {self.printed}")
            time.sleep(0.05)


class Upstream(Process):
    """The server that stamps deltas."""

    def __init__(self, folder: Path, models: list[str]) -> None:
        more = [f"--model={model}" for model in models]
        super().__init__(folder, sys.executable, "-m", "tests.bench.upstream", "--port=0", *more)

    def is_ready(self) -> bool:
        return "Ready at" in self.printed

    @property
    def base_url(self) -> str:
        return self.printed.split()[-1]


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
