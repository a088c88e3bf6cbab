"""Both databases for tests within the process: the usual SQLite file, or a PostgreSQL of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import load_backend

from tests.harness.engines import POSTGRES, Postgres


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


def flush() -> None:
    """Empty all tables, also of what migrations have stored there."""
    call_command("flush", interactive=False, reset_sequences=False, verbosity=0)


@pytest.fixture(scope="session")
def postgres(django_db_setup, django_db_blocker) -> Iterator[Postgres]:
    """A PostgreSQL with the site's tables, the one of this process."""
    if not POSTGRES and not os.environ.get("CI"):
        pytest.skip("PostgreSQL is not installed")
    with Postgres() as postgres:
        with django_db_blocker.unblock(), used(connect(postgres.url)):
            call_command("migrate", verbosity=0)
            flush()
        yield postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, transactional_db) -> Iterator[str]:
    """The database's name. It is emptied after the test."""
    if request.param == "sqlite":
        yield request.param
        return
    with used(connect(request.getfixturevalue("postgres").url)):
        yield request.param
        connection.rollback() if not connection.get_autocommit() else None
        flush()
