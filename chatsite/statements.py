"""Statements that are compiled once and then only run. Building one with the ORM takes several times as long."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

Row = tuple[Any, ...]
# Placeholders of parameters in SQL. A percent sign is written twice.
PLACES = re.compile("%[%s]")


class Given(models.Expression):
    """A value that is named when a statement is run, and stored as `field` stores it."""

    def __init__(self, name: str, field: Any) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]

    def value(self, values: Mapping[str, Any]) -> Any:
        return self.output_field.get_db_prep_save(values[self.name], connection)


class Statement:
    """Runs SQL that is compiled at its first use. All its parameters are `Given`."""

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        raise NotImplementedError

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...]]:
        sql, params = self._compile()
        # Constants are written out: SQLite plans a statement again each time where an index depends on a parameter.
        written = iter(["%s" if type(each) is Given else _literal(each) for each in params])
        sql = PLACES.sub(lambda place: next(written) if place[0] == "%s" else place[0], sql)
        return sql, tuple(each for each in params if type(each) is Given)

    def _run(self, values: Mapping[str, Any]) -> list[Row]:
        sql, params = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [each.value(values) for each in params])
            found: list[Row] = cursor.fetchall()
        return found


class Select(Statement):
    """A query. `build` returns its queryset, of `values_list`."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        compiler = self._build().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        columns = [column for column, *_ in compiler.select]
        self._converters = list(compiler.get_converters(columns).items())
        return sql, tuple(params)

    def rows(self, **values: Any) -> list[Row]:
        """Return the rows as the ORM would."""
        found = self._run(values)
        return [self._converted(row) for row in found] if self._converters else found

    def row(self, **values: Any) -> Row | None:
        """Return the first row; None where there is none."""
        found = self.rows(**values)
        return found[0] if found else None

    def _converted(self, row: Row) -> Row:
        values = list(row)
        for index, (converters, expression) in self._converters:
            for convert in converters:
                values[index] = convert(values[index], expression, connection)
        return tuple(values)


class Objects(Select):
    """A query for objects of a model, with related objects and annotations. `build` returns its queryset."""

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        compiler = self._build().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        self._converters = list(compiler.get_converters([column for column, *_ in compiler.select]).items())
        self._annotations = compiler.annotation_col_map
        found = compiler.klass_info
        self._model, self._columns = found["model"], found["select_fields"]
        self._names = [compiler.select[index][0].target.attname for index in self._columns]
        populators: Any = get_related_populators
        self._related = populators(found, compiler.select, DEFAULT_DB_ALIAS)
        return sql, tuple(params)

    def all(self, **values: Any) -> list[Any]:
        """What it finds, as the ORM would return it."""
        return [self._object(row) for row in self.rows(**values)]

    def first(self, **values: Any) -> Any:
        """The first that it finds, or None."""
        row = self.row(**values)
        return row and self._object(row)

    def _object(self, row: Row) -> Any:
        found = self._model.from_db(DEFAULT_DB_ALIAS, self._names, [row[index] for index in self._columns])
        for related in self._related:
            related.populate(row, found)
        for name, index in self._annotations.items():
            setattr(found, name, row[index])
        return found


class Update(Statement):
    """Updates the rows of a queryset. `build` returns it, and the new values of its columns.

    returning: SQL of what to return of the changed rows.
    """

    def __init__(self, build: Callable[[], tuple[Any, dict[str, Any]]], returning: str) -> None:
        self._build = build
        self._returning = returning

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        queryset, values = self._build()
        update = queryset.query.chain(UpdateQuery)
        update.add_update_values(values)
        sql, params = update.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return f"{sql} RETURNING {self._returning}", tuple(params)

    def row(self, **values: Any) -> Row | None:
        """Run it, and return the `returning` values of the first changed row; None where no row matches."""
        found = self._run(values)
        return found[0] if found else None


class Insert(Statement):
    """Inserts objects of a model. Columns whose default is the database's are left to it."""

    def __init__(self, model: type[models.Model]) -> None:
        self._meta: Any = model._meta
        columns = [field for field in self._meta.concrete_fields if not field.primary_key]
        self._fields = [field for field in columns if field.has_default() or not field.has_db_default()]

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        quote = connection.ops.quote_name
        names = ", ".join(quote(str(field.column)) for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        table, key = quote(self._meta.db_table), quote(self._meta.pk.column)
        sql = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING {key}"
        return sql, tuple(Given(field.name, field) for field in self._fields)

    def save(self, instance: models.Model) -> None:
        """Insert the object as a new row."""
        values = {field.name: field.pre_save(instance, True) for field in self._fields}
        ((instance.pk,),) = self._run(values)
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS


def moment(value: str | datetime) -> datetime:
    """Convert a time that an update returns: SQLite's has no zone, is UTC, and may be text."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _literal(value: Any) -> str:
    """Return a constant as SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''").replace("%", "%%") + "'"
    return str(value)
