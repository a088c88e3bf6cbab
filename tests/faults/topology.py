"""The site on several workers: PostgreSQL, Redis, two workers behind nginx, and a third that receives no hints."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from tests.harness.engines import Nginx, Postgres, Redis, missing
from tests.harness.people import sign_in
from tests.harness.site import Site


class Topology:
    """Workers with the same key and database. `deaf` has no Redis, and so neither sends nor receives hints."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self._folder, self._base_url = folder, base_url
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._stack:
            self.postgres = self._stack.enter_context(Postgres())
            self.redis = self._stack.enter_context(Redis())
            hints = {"REDIS_URL": self.redis.url}
            self.first, self.second = self._worker("first", **hints), self._worker("second", **hints)
            self.deaf = self._worker("deaf")
            self.first.start()
            self.first.cookie = self.second.cookie = self.deaf.cookie = sign_in(self.first)
            with ThreadPoolExecutor() as pool:
                list(pool.map(Site.start, [self.second, self.deaf]))
            self.nginx = self._stack.enter_context(Nginx(self.first.port, self.second.port))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _worker(self, name: str, **env: str) -> Site:
        env |= {"DATABASE_URL": self.postgres.url, "CHATSITE_SECRET_KEY": "one key for all workers " * 3}
        worker = Site(self._folder / name, self._base_url, **env)
        self._stack.callback(worker.end)
        return worker

    @property
    def workers(self) -> list[Site]:
        return [self.first, self.second, self.deaf]


@contextmanager
def two_workers(new_site: Callable[..., Site], postgres: Postgres) -> Iterator[tuple[Site, Site]]:
    """Two workers on one database without Redis, so that neither sends nor receives hints; both have one session."""
    shared = {"DATABASE_URL": postgres.url, "CHATSITE_SECRET_KEY": "one key for both workers " * 3}
    first, second = new_site(**shared), new_site(**shared)
    first.start()
    first.cookie = second.cookie = sign_in(first)
    yield first, second.start()
    first.end()
    second.end()


def skip_where_missing() -> None:
    """Without Debian's packages there is nothing to test; on a machine that checks all, they must be there."""
    if programs := missing():
        reason = f"not installed: {', '.join(programs)}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
