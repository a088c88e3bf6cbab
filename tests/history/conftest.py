"""The history's tests run on both databases."""

import os

import pytest
from django.core.management import call_command
from django.db import connection

from tests.harness.databases import connect, migrated_postgres, used
from tests.harness.engines import POSTGRES


@pytest.fixture(scope="package")
def postgres(django_db_setup, django_db_blocker):
    if not POSTGRES and not os.environ.get("CI"):
        pytest.skip("PostgreSQL is not installed")
    with django_db_blocker.unblock(), migrated_postgres() as postgres:
        yield postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, transactional_db):
    """The database's name. What the test stores goes with it, and the index was in step with it."""
    if request.param == "sqlite":
        yield request.param
        return
    with used(connect(request.getfixturevalue("postgres").url)):
        yield request.param
        connection.rollback() if not connection.get_autocommit() else None
        call_command("flush", interactive=False, verbosity=0)
