"""Connections to SQLite. Every one can fold texts: the triggers of the search index call `chat_fold`."""

import re
import sqlite3
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base, operations

from chatsite.history.search.fold import fold
from chatsite.sqlite.schema import DatabaseSchemaEditor

KEPT = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_kept' ESCAPE '\\'"
# What SQLite says of tables that it has forgotten, and of indexes that were replaced under its hands.
FORGOTTEN = ("no such table: ", "vtable constructor failed: ")
# Where Django's SQL has a parameter; a percent sign of its own is written twice.
PARAMETER = re.compile("(?<!%)%s")
MAX_CONVERTED_STATEMENTS = 256


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, *args: Any, **kwargs: Any) -> list[str]:
        """Take the triggers away that keep rows from being deleted, empty the tables, and make the triggers again."""
        with self.connection.cursor() as cursor:
            kept = cursor.execute(KEPT).fetchall()
        drops = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in kept]
        return [*drops, *super().sql_flush(*args, **kwargs), *(sql for _, sql in kept)]


class Cursor(base.SQLiteCursorWrapper):
    def execute(self, query: str, params: Any = None) -> Any:
        """Execute a statement; once more where a table is missing only because the index is being replaced.

        SQLite may forget the tables that it knows while it prepares a statement whose trigger writes into the index,
        when another connection has just changed the schema. Nothing of the statement has been done by then.
        """
        try:
            return super().execute(query, params)
        except sqlite3.OperationalError as error:
            if not str(error).startswith(FORGOTTEN):
                raise
            return super().execute(query, params)

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Write parameters as SQLite does, once for each statement: it takes as long as to run a short one."""
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _with_question_marks(query)


@lru_cache(MAX_CONVERTED_STATEMENTS)
def _with_question_marks(query: str) -> str:
    return PARAMETER.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.create_function("chat_fold", 1, fold, deterministic=True)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)
