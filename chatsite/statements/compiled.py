"""Compiled SQL, and the values that it is run with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

Row = tuple[Any, ...]
# Placeholders of parameters in SQL. A percent sign is written twice.
PLACES = re.compile("%[%s]")
# Fields that store values of a type as they are, as all do with None. PostgreSQL's numbers have sizes.
PLAIN = {
    models.BooleanField: bool,
    models.CharField: str,
    models.TextField: str,
    models.AutoField: int,
    models.BigAutoField: int,
    models.PositiveIntegerField: int,
}


class Given(models.Expression):
    """A value that is named when a statement is run, and stored as `field` stores it."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(output_field=field)
        self.name = name
        self._plain = PLAIN.get(type(getattr(field, "target_field", field)))

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]

    def value(self, values: Mapping[str, Any], database: BaseDatabaseWrapper) -> Any:
        value = values[self.name]
        if value is None:
            return None
        if type(value) is self._plain and (self._plain is not int or database.vendor == "sqlite"):
            return value
        return self.output_field.get_db_prep_save(value, database)


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL for one kind of database, and how its rows become values."""

    sql: str
    params: tuple[Any, ...]
    converters: tuple[Any, ...] = ()
    objects: Any = None

    def converted(self, row: Row) -> Row:
        values, database = list(row), connections[DEFAULT_DB_ALIAS]
        for index, (converters, expression) in self.converters:
            for convert in converters:
                values[index] = convert(values[index], expression, database)
        return tuple(values)


class Statement:
    """Runs SQL that is compiled at its first use on a kind of database. All its parameters are `Given`."""

    def __init__(self) -> None:
        self._compiled: dict[str, Compiled] = {}

    def _compile(self) -> Compiled:
        raise NotImplementedError

    def _for_this_database(self) -> Compiled:
        vendor = connection.vendor
        if vendor not in self._compiled:
            self._compiled[vendor] = _with_constants(self._compile())
        return self._compiled[vendor]

    def _run(self, compiled: Compiled, values: Mapping[str, Any]) -> list[Row]:
        # Not `connection`, which looks for it each time.
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            cursor.execute(compiled.sql, [each.value(values, database) for each in compiled.params])
            found: list[Row] = cursor.fetchall()
        return found


def _with_constants(compiled: Compiled) -> Compiled:
    """Write constants out: SQLite plans a statement again each time where an index depends on a parameter."""
    written = iter(["%s" if type(each) is Given else _literal(each) for each in compiled.params])
    sql = PLACES.sub(lambda place: next(written) if place[0] == "%s" else place[0], compiled.sql)
    params = tuple(each for each in compiled.params if type(each) is Given)
    return replace(compiled, sql=sql, params=params)


def _literal(value: Any) -> str:
    """Return a constant as SQL. Raises TypeError for one that is neither text nor a number."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("%", "%%") + "'"
    if isinstance(value, int | float):
        return str(value)
    raise TypeError(f"A constant of a compiled statement cannot be of {type(value)}; use Given.")
