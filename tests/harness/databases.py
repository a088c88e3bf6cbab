"""Both databases for tests within the process: the usual SQLite file, or a PostgreSQL of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend

from tests.harness.engines import Postgres


def connect(url: str):
    """A connection of the ORM to this PostgreSQL, without a pool."""
    settings = connections["default"].settings_dict | {"OPTIONS": {}} | dj_database_url.parse(url)
    return load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")


@contextmanager
def used(connection) -> Iterator[None]:
    """Let this thread's ORM use another connection."""
    usual = connections["default"]
    connections["default"] = connection
    try:
        yield
    finally:
        connection.close()
        connections["default"] = usual


@contextmanager
def migrated_postgres() -> Iterator[Postgres]:
    """A PostgreSQL with the site's tables, for as long as it is needed."""
    with Postgres() as postgres:
        with used(connect(postgres.url)):
            call_command("migrate", verbosity=0)
        yield postgres
