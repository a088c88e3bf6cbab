"""A database of an earlier release."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@contextmanager
def migrated_to(*targets: tuple[str, str | None]) -> Iterator[Any]:
    """Migrate back to these (app, name) pairs and yield the apps of that state. Migrate forwards at the end."""
    try:
        yield MigrationExecutor(connection).migrate(list(targets)).apps
    finally:
        call_command("migrate", verbosity=0)
