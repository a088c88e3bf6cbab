"""The PostgreSQL database in a backup: dumped, read, put back, by PostgreSQL's own programs."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection

from chatsite import environment
from chatsite.conversations.models import Conversation
from chatsite.operations.backups.errors import BackupError

NAME = "database.dump"
# A dump is compressed already.
GZIP_LEVEL = 1
CONNECT_TIMEOUT_SECONDS = 10
# Options of Django, which the programs do not know.
DJANGOS_OPTIONS = {"pool", "isolation_level", "server_side_binding", "assume_role"}
# The server on which it is restored need not have the same roles.
NO_ROLES = ("--no-owner", "--no-privileges")
ROWS = re.compile(rf"COPY (\S+\.)?{Conversation._meta.db_table} \(".encode())


def copy(to: Path) -> None:
    """Dump the database as it is at one moment. Others can read and write meanwhile."""
    _check_version("pg_dump")
    _run(
        "pg_dump",
        "--format=custom",
        *NO_ROLES,
        "--no-comments",
        f"--file={to}",
        f"--dbname={_address(connection.settings_dict)}",
    )


def size() -> int:
    """Return 0 for unknown: nothing says how much smaller than its database a dump is."""
    return 0


def conversations(file: Path) -> int:
    """Read the whole dump as a restore does, and return how many conversations it holds. Raises BackupError."""
    command = [_program("pg_restore"), "--data-only", "--file=-", str(file)]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as reading:
            assert reading.stdout
            count = _rows(reading.stdout)
        if reading.returncode:
            said.seek(0)
            raise BackupError(f"The dump is damaged: {_reason(said.read())}")
    return count


def check_is_empty() -> None:
    """Raise BackupError where the database that DATABASE_URL names has tables."""
    if connection.introspection.table_names():
        raise BackupError(
            f"The database {connection.settings_dict['NAME']} has tables. Restore into an empty one: createdb makes it."
        )


def restore(file: Path) -> None:
    """Put all of it into the empty database, or nothing."""
    whole = ("--exit-on-error", "--single-transaction", *NO_ROLES)
    _run("pg_restore", *whole, f"--dbname={_address(connection.settings_dict)}", str(file))


def _rows(lines: Iterable[bytes]) -> int:
    """Count the rows of conversations. Each row of a table is one line; a line of two characters ends a table."""
    count, is_table, is_counted = 0, False, False
    for line in lines:
        if line == b"\\.\n":
            is_table = False
        elif is_table:
            count += is_counted
        elif line.startswith(b"COPY "):
            is_table, is_counted = True, bool(ROWS.match(line))
    return count


def _check_version(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    own = int(re.findall(r"\d+", _run(name, "--version"))[0])
    if own < server:
        raise BackupError(
            f"{name} {own} is older than the server, PostgreSQL {server}. Install postgresql-client-{server}."
        )


def _run(name: str, *arguments: str) -> str:
    """Run a program of PostgreSQL's. The password is in its environment: everybody can read arguments."""
    password = connection.settings_dict["PASSWORD"]
    own = environment.for_program(**({"PGPASSWORD": password} if password else {}))
    done = subprocess.run([_program(name), *arguments], env=own, capture_output=True)
    if done.returncode:
        raise BackupError(f"{name} failed: {_reason(done.stderr)}")
    return done.stdout.decode()


def _program(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise BackupError(
            f"{name} is not installed. It is part of PostgreSQL’s client (Debian: postgresql-client)."
        )
    return found


def _reason(said: bytes) -> str:
    """Return the first line of what a program complained about, as a sentence."""
    lines = said.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
    first = re.sub(r"^pg_\w+: (error: )?", "", lines[0])
    return first if first.endswith(".") else f"{first}."


def _address(database: dict[str, Any]) -> str:
    """Return the database's address without the password, as libpq reads it. `database`: its settings."""
    parts = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "host": database["HOST"],
        "port": database["PORT"],
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        **{name: value for name, value in database["OPTIONS"].items() if name not in DJANGOS_OPTIONS},
    }
    return " ".join(f"{name}={_quoted(value)}" for name, value in parts.items() if value not in ("", None))


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
