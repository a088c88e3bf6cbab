"""A worker on PostgreSQL that has just started."""

import time

from tests.faults.topology import skip_where_missing
from tests.harness.engines import Postgres
from tests.harness.site import Site

LONGER_THAN_A_LOOK_AT_THE_POOL = 2


def test_a_worker_whose_pages_nobody_opens_has_nothing_to_complain_of(tmp_path):
    skip_where_missing()
    with (
        Postgres() as postgres,
        Site(tmp_path / "home", "http://127.0.0.1:9/v1", DATABASE_URL=postgres.url) as site,
    ):
        time.sleep(LONGER_THAN_A_LOOK_AT_THE_POOL)
        site.end()
        assert site.said("Error|Traceback") == []
