"""What every part of the benchmark measures with: an upstream, the clients' process, and sites as they are needed."""

import json
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.bench.load import Load, Target
from tests.bench.options import Options
from tests.bench.processes import Baseline, Upstream
from tests.harness.site import Site


class Bench:
    """Lives as long as one run of the benchmark. `folder` is a temporary one for what parts start."""

    def __init__(self, options: Options, folder: Path, stack: ExitStack) -> None:
        self.options, self.folder = options, folder
        self._upstream = stack.enter_context(Upstream(folder, options.models))
        self._load = stack.enter_context(Load())
        self._homes = count()
        self._begin = time.monotonic()

    @property
    def base_url(self) -> str:
        """Of the upstream."""
        return self._upstream.base_url

    def record(self, prompt: str) -> dict[str, Any]:
        """The upstream's record of the request that this message led to. Raises KeyError."""
        with urlopen(f"{self.base_url.removesuffix('/v1')}/stats") as response:
            records = {record["prompt"]: record for record in json.load(response)["requests"]}
        return records[prompt]

    def run(self, work: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        """Run a module's coroutine function in the clients' process."""
        return self._load.run(work, *args)

    def baseline(self) -> Baseline:
        """The bare consumer, to be started by `with`."""
        return Baseline(self.folder)

    @contextmanager
    def site(self, people: int = 1, **env: str) -> Iterator[Site]:
        """A fresh site with this number of people."""
        with self.worker(**env) as site:
            site.people(people)
            yield site

    def worker(self, **env: str) -> Site:
        """A site that is not started yet."""
        return Site(self.folder / f"home-{next(self._homes)}", self.base_url, **env)

    def target(self, server: Site | Baseline) -> Target:
        """What the clients need to know of a server."""
        return Target(server.url, self.base_url, self._upstream.pid, (server.pid,), tuple(server.cookies))

    def say(self, line: str) -> None:
        """Print a line about the progress."""
        sys.stderr.write(f"{time.monotonic() - self._begin:6.1f} s  {line}\n")
