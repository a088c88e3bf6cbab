"""Connections to SQLite. Every one can fold texts: the triggers of the search index call `chat_fold`."""

from typing import Any

from django.db.backends.sqlite3 import base, operations

from chatsite.history.search.fold import fold
from chatsite.sqlite.schema import DatabaseSchemaEditor

KEPT = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_kept' ESCAPE '\\'"


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, *args: Any, **kwargs: Any) -> list[str]:
        """Take the triggers away that keep rows from being deleted, empty the tables, and make the triggers again."""
        with self.connection.cursor() as cursor:
            kept = cursor.execute(KEPT).fetchall()
        drops = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in kept]
        return [*drops, *super().sql_flush(*args, **kwargs), *(sql for _, sql in kept)]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    SchemaEditorClass = DatabaseSchemaEditor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.create_function("chat_fold", 1, fold, deterministic=True)
        return connection
