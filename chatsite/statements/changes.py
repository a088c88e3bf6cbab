"""Updates and inserts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.sql import UpdateQuery

from chatsite.statements.compiled import Compiled, Given, Row, Statement


class Update(Statement):
    """Updates the rows of a queryset. `build` returns it, and the new values of its columns.

    returning: SQL of what to return of the changed rows.
    """

    def __init__(self, build: Callable[[], tuple[Any, dict[str, Any]]], returning: str) -> None:
        super().__init__()
        self._build = build
        self._returning = returning

    def _compile(self) -> Compiled:
        queryset, values = self._build()
        update = queryset.query.chain(UpdateQuery)
        update.add_update_values(values)
        sql, params = update.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return Compiled(f"{sql} RETURNING {self._returning}", tuple(params))

    def row(self, **values: Any) -> Row | None:
        """Run it, and return the `returning` values of the first changed row; None where no row matches."""
        found = self._run(self._for_this_database(), values)
        return found[0] if found else None


class Insert(Statement):
    """Inserts objects of a model. Columns whose default is the database's are left to it."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__()
        self._meta: Any = model._meta
        columns = [field for field in self._meta.concrete_fields if not field.primary_key]
        self._fields = [field for field in columns if field.has_default() or not field.has_db_default()]

    def _compile(self) -> Compiled:
        quote = connection.ops.quote_name
        names = ", ".join(quote(str(field.column)) for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        table, key = quote(self._meta.db_table), quote(self._meta.pk.column)
        sql = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING {key}"
        return Compiled(sql, tuple(Given(field.name, field) for field in self._fields))

    def save(self, instance: models.Model) -> None:
        """Insert the object as a new row."""
        values = {field.name: field.pre_save(instance, True) for field in self._fields}
        ((instance.pk,),) = self._run(self._for_this_database(), values)
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS


def moment(value: str | datetime) -> datetime:
    """Convert a time that an update returns: SQLite's has no zone, is UTC, and may be text."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
