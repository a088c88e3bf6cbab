"""Fixtures of the fault tests: one site for the tests that leave it alive, and new ones for the others."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.faults.stock import Stock
from tests.faults.topology import skip_where_missing
from tests.harness.engines import Postgres
from tests.harness.people import sign_in
from tests.harness.site import Site
from tests.harness.tab import Tab
from tests.upstream import UpstreamThread


def pytest_configure(config):
    config.addinivalue_line("markers", "seeds(short, full): how many seeds a fault test runs with")
    config.addinivalue_line("markers", "full: a fault test that the short form leaves to the full one")


def pytest_collection_modifyitems(config, items):
    """What only the full form runs is not collected in the short one."""
    if form(config) == "full":
        return
    left = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def pytest_generate_tests(metafunc):
    """A test that takes `seed` runs once for each; FAULT_SEEDS says how many, in both forms."""
    if "seed" in metafunc.fixturenames:
        (marker,) = metafunc.definition.iter_markers("seeds")
        seeds = int(os.environ.get("FAULT_SEEDS") or marker.kwargs[form(metafunc.config)])
        metafunc.parametrize("seed", range(1, seeds + 1), ids=lambda seed: f"seed={seed}")


def form(config: pytest.Config) -> str:
    return config.getoption("--faults")


def cases(request: pytest.FixtureRequest, name: str) -> list[Any]:
    """The values of a parameter in those of a module's tests that are run, each once."""
    items = [item for item in request.session.items if item.module is request.module]
    return list(dict.fromkeys(item.callspec.params[name] for item in items))


@pytest.fixture(scope="session")
def is_full(request) -> bool:
    return form(request.config) == "full"


@pytest.fixture
def upstream() -> Iterator[UpstreamThread]:
    with UpstreamThread() as upstream:
        yield upstream


@pytest.fixture(scope="session")
def first_start(tmp_path_factory) -> Iterator[tuple[Site, Stock]]:
    """The site that is started once, with the owner signed in, and what it kept before anything was said there."""
    with UpstreamThread() as upstream:
        site = Site(tmp_path_factory.mktemp("faults") / "home", upstream.base_url).start()
        site.cookie = sign_in(site)
        yield site, Stock(site)
        site.end()


@pytest.fixture(scope="session")
def first_site(first_start) -> Site:
    return first_start[0]


@pytest.fixture(scope="session")
def stock(first_start) -> Stock:
    return first_start[1]


@pytest.fixture
def site(first_site) -> Iterator[Site]:
    """The shared site. After each test it still runs, ends all answers, and has logged no failure."""
    said = len(first_site.lines)
    yield first_site
    assert first_site.is_up, first_site.lines[said:]
    first_site.until_idle()
    assert not [line for line in first_site.lines[said:] if "Traceback" in line], first_site.lines[said:]


@pytest.fixture
def new_site(stock, tmp_path, upstream) -> Iterator[Callable[..., Site]]:
    """Makes sites of the test's own, not yet started; all are ended afterwards."""
    made: list[Site] = []

    def new_site(home: Path | None = None, **env: str) -> Site:
        made.append(stock.site(home or tmp_path / f"home{len(made)}", upstream, **env))
        return made[-1]

    yield new_site
    for site in made:
        site.end()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    skip_where_missing()
    with Postgres() as postgres:
        yield postgres


_names = (f"model-{number}" for number in count(1))


@pytest.fixture
def connect(site) -> Callable[..., str]:
    """Let an upstream serve a model of its own on the shared site; returns the model's name."""

    def connect(upstream: UpstreamThread, **limits: float) -> str:
        return site.database.add_provider(next(_names), upstream.base_url, **limits)

    return connect


@pytest.fixture
def model(connect, upstream) -> str:
    """The model of this test's own upstream on the shared site."""
    return connect(upstream)


@pytest.fixture
async def open_tab() -> AsyncIterator[Callable[..., Awaitable[Tab]]]:
    """Opens one more tab, the owner's if no cookie says otherwise; all are closed after the test."""
    async with AsyncExitStack() as tabs:

        async def open_tab(
            site: Site, conversation: str | None = None, url: str = "", cookie: str = "", **options
        ) -> Tab:
            tab = Tab(url or site.url, cookie or site.cookie, conversation, **options)
            return await tabs.enter_async_context(tab)

        yield open_tab
