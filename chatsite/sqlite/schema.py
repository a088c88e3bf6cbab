"""Changes of tables in SQLite, which keep the triggers."""

from typing import Any

from django.db.backends.sqlite3 import schema

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid"


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def _remake_table(self, *args: Any, **kwargs: Any) -> None:
        """Django changes most columns by filling a new table and dropping the old one. The triggers of that table
        would be dropped with it, and triggers of other tables that read it would prevent renaming the new table.

        The rows are copied as they are, so nothing is missed that a trigger should have seen.
        """
        with self.connection.cursor() as cursor:
            triggers = cursor.execute(TRIGGERS).fetchall()
        for name, _ in triggers:
            self.execute(f"DROP TRIGGER {self.quote_name(name)}")
        super()._remake_table(*args, **kwargs)
        for _, sql in triggers:
            self.execute(sql, params=None)
