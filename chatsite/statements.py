"""Statements that are compiled once and then only run. Building one with the ORM takes several times as long."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import UpdateQuery
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


class Select(Statement):
    """A query. `build` returns its queryset, of `values_list`."""

    def __init__(self, build: Callable[[], Any]) -> None:
        super().__init__()
        self._build = build

    def _compile(self) -> Compiled:
        compiler = self._build().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return Compiled(sql, tuple(params), tuple(converters.items()), self._objects(compiler))

    def _objects(self, compiler: Any) -> Any:
        """How rows become objects; None where they stay rows."""

    def rows(self, **values: Any) -> list[Row]:
        """Return the rows as the ORM would."""
        compiled = self._for_this_database()
        return self._converted(compiled, self._run(compiled, values))

    def row(self, **values: Any) -> Row | None:
        """Return the first row; None where there is none."""
        found = self.rows(**values)
        return found[0] if found else None

    def _converted(self, compiled: Compiled, rows: list[Row]) -> list[Row]:
        return [compiled.converted(row) for row in rows] if compiled.converters else rows


class Objects(Select):
    """A query for objects of a model, with related objects and annotations. `build` returns its queryset."""

    def _objects(self, compiler: Any) -> tuple["RowReader", list[tuple[str, int]]]:
        return RowReader(compiler, compiler.klass_info), list(compiler.annotation_col_map.items())

    def all(self, **values: Any) -> list[Any]:
        """Return all objects that it finds."""
        compiled = self._for_this_database()
        return self._made(compiled, self._run(compiled, values))

    def _made(self, compiled: Compiled, rows: list[Row]) -> list[Any]:
        reader, annotations = compiled.objects
        made = []
        for row in self._converted(compiled, rows):
            made.append(each := reader.read(row))
            for name, index in annotations:
                setattr(each, name, row[index])
        return made

    def first(self, **values: Any) -> Any:
        """Return the first object that it finds, or None."""
        found = self.all(**values)
        return found[0] if found else None


class Shared(Objects):
    """A query for objects that stay the same while their rows do, whoever asks. `build` annotates them with one
    condition, `marked`, which may differ each time."""

    def __init__(self, build: Callable[[], Any]) -> None:
        super().__init__(build)
        self._kept: dict[Any, tuple[list[Row], list[Any]]] = {}

    def marked(self, key: Hashable, **values: Any) -> tuple[list[Any], list[Any]]:
        """Return all objects that it finds, and those that are marked. `key`: what they are kept under."""
        compiled = self._for_this_database()
        ((_, index),) = compiled.objects[1]
        found = self._run(compiled, values)
        rows = [(*row[:index], None, *row[index + 1 :]) for row in found]
        known, objects = self._kept.get(key, ([], []))
        if rows != known:
            objects = self._made(compiled, rows)
            self._kept[key] = rows, objects
        return objects, [each for each, row in zip(objects, found, strict=True) if row[index]]


class RowReader:
    """Makes objects from the rows of a compiled query, with the related ones that its `select_related` named."""

    def __init__(self, compiler: Any, info: dict[str, Any]) -> None:
        self._model, self._columns = info["model"], info["select_fields"]
        self._names = [compiler.select[index][0].target.attname for index in self._columns]
        self._key = self._columns[self._names.index(self._model._meta.pk.attname)]
        self._related = [
            (RowReader(compiler, each), each["local_setter"], each["remote_setter"])
            for each in info.get("related_klass_infos", [])
        ]

    def read(self, row: Row) -> Any:
        """Return the object of a row; None where the row has none of this model."""
        if row[self._key] is None:
            return None
        found = self._model.from_db(DEFAULT_DB_ALIAS, self._names, [row[index] for index in self._columns])
        for reader, keep, keep_reverse in self._related:
            related = reader.read(row)
            keep(found, related)
            if related is not None:
                keep_reverse(related, found)
        return found


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
