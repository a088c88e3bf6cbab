"""Connections to SQLite. Every one can fold texts: the triggers of the search index call `chat_fold`."""

from typing import Any

from django.db.backends.sqlite3 import base

from chatsite.history.search.fold import fold
from chatsite.sqlite.schema import DatabaseSchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.create_function("chat_fold", 1, fold, deterministic=True)
        return connection
