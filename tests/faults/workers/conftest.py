"""Several workers on PostgreSQL and Redis behind nginx, which are real, and fail: one topology for each module."""

import pytest

from tests.faults.topology import Topology, skip_where_missing
from tests.faults.workers.growing import Growing
from tests.upstream import UpstreamThread


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    skip_where_missing()
    with (
        UpstreamThread() as upstream,
        Topology(tmp_path_factory.mktemp("workers"), upstream.base_url) as workers,
    ):
        yield workers


@pytest.fixture
def site(workers):
    """All workers are up after each test, and no answer is still being written."""
    yield workers.first
    assert all(worker.is_up for worker in workers.workers)
    workers.first.until_idle()
    workers.first.database.write("UPDATE providers_provider SET enabled = ? WHERE origin = 'admin'", False)


@pytest.fixture
def answer(workers, site, upstream, model, open_tab):
    """Begins an answer on one worker, which says what the test lets it say."""

    async def begin(text: str, writer=None) -> Growing:
        upstream.models.append(model)  # a worker that starts again looks which models there are
        hold = upstream.hold()
        tab = await open_tab(writer or site)
        sent = await tab.ask(text, model=model)
        hold.send("Begun. ")
        reply = await tab.answer_to(sent)
        await tab.until(lambda: reply.text)
        return Growing(hold, tab, sent, reply.message, [tab])

    return begin
