"""The site's database where that is PostgreSQL, spoken to in the words that suit SQLite."""

import json
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from tests.harness.database import Database


class PostgresDatabase(Database):
    """Every call has a connection of its own. Rows hold uuids and JSON as SQLite keeps them."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        with self._connect() as connection:
            found = connection.execute(sql.replace("?", "%s"), args).fetchall()
        return [{name: _as_kept(value) for name, value in row.items()} for row in found]

    def write(self, sql: str, *args: Any) -> None:
        with self._connect() as connection:
            connection.execute(sql.replace("?", "%s"), args)

    def _copy(self, table: str, **changes: Any) -> int:
        row = self.rows(f"SELECT * FROM {table} ORDER BY id LIMIT 1")[0] | {"enabled": True} | changes
        del row["id"]  # the next one is the sequence's to give
        names, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        return int(self.value(f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING id", *row.values()))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5, row_factory=dict_row)


def _as_kept(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return json.dumps(value) if isinstance(value, dict | list) else value
