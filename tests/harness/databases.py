"""Both databases for tests within the process: the usual SQLite file, or a PostgreSQL of their own."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend

from chatsite.statements import Statement
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
    _forget_compiled()
    try:
        yield
    finally:
        connection.close()
        connections["default"] = usual
        _forget_compiled()


def _forget_compiled() -> None:
    """Let statements be compiled again, for another database: a site has only one, and keeps them."""
    for each in gc.get_objects():
        if issubclass(type(each), Statement):
            vars(each).pop("_compiled", None)


@contextmanager
def migrated_postgres() -> Iterator[Postgres]:
    """A PostgreSQL with the site's tables, for as long as it is needed."""
    with Postgres() as postgres:
        with used(connect(postgres.url)):
            call_command("migrate", verbosity=0)
        yield postgres
