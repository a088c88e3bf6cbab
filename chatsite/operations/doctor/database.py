"""Checks of the database: it answers, can be written, is whole, and is of this version."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now
from django.template.defaultfilters import filesizeformat

from chatsite.operations.doctor.findings import Finding, note, problem
from chatsite.operations.models import Chore
from chatsite.wording import counted, listed

# The name of a row that is only written to try it.
TRIAL_ROW = "doctor"
SLOW_SECONDS = 1.0
NEWER = "A newer version has changed the database:"
INSTALL_NEWER = "Install that version, or restore a backup of this one."
# How long the file is checked for damage. Each backup is checked whole.
INTEGRITY_SECONDS = 3.0
STEPS_BETWEEN_CHECKS_OF_TIME = 10_000
LARGE_WAL_BYTES = 256 * 1024**2
MAX_DRIFT_SECONDS = 5


def check_is_there() -> None:
    """Raise DatabaseError where SQLite's file is missing: a connection would make an empty one."""
    file = Path(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not file.exists():
        raise DatabaseError(f"the file {file} does not exist")


def answers() -> Finding:
    """It can be read. Raises DatabaseError."""
    begin = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(f"The database ({connection.display_name}) answers in {_milliseconds(begin)}.")


def takes_writes() -> Finding:
    """Write one row: only that shows a full disk or a read-only copy."""
    begin = time.monotonic()
    try:
        Chore.objects.update_or_create(name=TRIAL_ROW, defaults={"due": Now()})
    except DatabaseError as error:
        return problem(
            f"The database cannot be written: {_reason(error)}.",
            "Check whether its disk is full or read-only, and whether another program holds a lock on it.",
        )
    took = f"The database stores a row in {_milliseconds(begin)}."
    return (
        note(took, "That is slow: the disk may be busy.") if _seconds(begin) > SLOW_SECONDS else Finding(took)
    )


def integrity() -> Finding | None:
    """No damage in what can be checked in a few seconds. PostgreSQL checks its own files."""
    if connection.vendor != "sqlite":
        return None
    connection.ensure_connection()
    file: Any = connection.connection
    until = time.monotonic() + INTEGRITY_SECONDS
    file.set_progress_handler(lambda: time.monotonic() > until, STEPS_BETWEEN_CHECKS_OF_TIME)
    try:
        found = file.execute("PRAGMA quick_check(1)").fetchone()[0]
    except file.DatabaseError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            return _damaged(_reason(error))
        return Finding(f"No damage was found in {INTEGRITY_SECONDS:g} s. Each backup is checked to its end.")
    finally:
        file.set_progress_handler(None, 0)
    if found != "ok":
        return _damaged(found)
    return Finding("The database is whole.")


def _damaged(how: str) -> Finding:
    return problem(f"The database is damaged: {how}.", "Stop the site, keep the file, and restore a backup.")


def write_ahead_log() -> Finding | None:
    """SQLite's write-ahead log grows while a program holds an old read transaction open."""
    file = Path(f"{connection.settings_dict['NAME']}-wal")
    if connection.vendor != "sqlite" or not file.exists():
        return None
    size = file.stat().st_size
    if size > LARGE_WAL_BYTES:
        reader = "A program may hold an old read transaction open: end it, or restart the site."
        return note(f"The file {file.name} has grown to {filesizeformat(size)}.", reader)
    return Finding(f"The file {file.name} is small.")


def migrations() -> Finding:
    """The tables are those of this version."""
    if newer := newer_migrations():
        return problem(f"{NEWER} {listed(newer)}.", INSTALL_NEWER)
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return problem(
            f"{counted(len(waiting), 'migration')} of this version must still be applied to the database.",
            "Restart the site: manage.py serve applies them.",
        )
    return Finding("The tables are those of this version.")


def newer_migrations() -> list[str]:
    """Return the migrations that were applied to the database and are of no version up to this one."""
    loader = MigrationLoader(connection)
    ours = {config.label for config in apps.get_app_configs()}
    applied = (key for key in loader.applied_migrations if key[0] in ours)
    return sorted(".".join(key) for key in applied if key not in loader.disk_migrations)


def warning() -> str:
    """Return what to say of a database that a newer version has changed; empty for any other."""
    newer = newer_migrations()
    return f"{NEWER} {listed(newer)}. {INSTALL_NEWER}" if newer else ""


def clock() -> Finding | None:
    """Leases and dates use the database's clock."""
    if connection.vendor != "postgresql":
        return None
    begin = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: datetime = cursor.fetchone()[0]
    drift = abs(there.timestamp() - (begin + time.time()) / 2)
    if drift > MAX_DRIFT_SECONDS:
        return note(
            f"The clocks of the database and this machine differ by {drift:.0f} s.", "Let NTP set both."
        )
    return Finding("The clocks of the database and this machine agree.")


def _milliseconds(begin: float) -> str:
    return f"{_seconds(begin) * 1000:.0f} ms"


def _seconds(begin: float) -> float:
    return time.monotonic() - begin


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def unreachable(error: Exception) -> Finding:
    server = connection.settings_dict["HOST"] or "this machine"
    what = {
        "postgresql": f"Check whether PostgreSQL runs on {server} and accepts this user.",
        "sqlite": f"Check the files in {settings.HOME}. manage.py serve makes a new site in an empty folder.",
    }
    left_out = "The checks that need the database were left out."
    return problem(f"The database cannot be used: {_reason(error)}.", f"{what[connection.vendor]} {left_out}")
