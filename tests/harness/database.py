"""The site's database, seen from outside: read, held locked, and given providers as an admin would."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from chatsite.history.search.fold import fold

sqlite3.register_adapter(UUID, lambda uuid: uuid.hex)
sqlite3.register_adapter(bool, int)


class Database:
    """A SQLite file that a running site writes to. Every call has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """What a query finds."""
        with closing(self._connect()) as connection:
            return [dict(row) for row in connection.execute(sql, args)]

    def value(self, sql: str, *args: Any) -> Any:
        """The one value that a query finds."""
        ((value,),) = [row.values() for row in self.rows(sql, *args)]
        return value

    def write(self, sql: str, *args: Any) -> None:
        with closing(self._connect()) as connection:
            connection.execute(sql, args)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the write lock, as a backup or an admin's shell may."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    def copy_to(self, path: Path) -> None:
        with closing(self._connect()) as here, closing(sqlite3.connect(path)) as there:
            here.backup(there)

    def add_provider(self, name: str, base_url: str, **changes: Any) -> str:
        """A provider like the one that there is, with a model of the same name; returns the model's name."""
        provider = self._copy("providers_provider", name=name, base_url=base_url, origin="admin", **changes)
        own = {"made_by": "admin", "picked": False, "default": False}
        self._copy("providers_model", name=name, provider_id=provider, **own)
        return name

    def _copy(self, table: str, **changes: Any) -> int:
        row = self.rows(f"SELECT * FROM {table} WHERE id = (SELECT min(id) FROM {table})")[0]
        row |= {"id": self.value(f"SELECT max(id) + 1 FROM {table}"), "enabled": True} | changes
        names = ", ".join(f'"{name}"' for name in row)
        self.write(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", *row.values())
        return row["id"]

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        connection.row_factory = sqlite3.Row
        # Triggers of the search index call it.
        connection.create_function("chat_fold", 1, fold, deterministic=True)
        return connection
