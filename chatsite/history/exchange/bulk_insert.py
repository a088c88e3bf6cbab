"""Inserts many rows at once. Django builds its statement value by value, which would take most of an import's time."""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model, each with its primary key. A field that the first row leaves to the
    database is left to it for all."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not _is_left(rows[0], field)]
    values = attrgetter(*(field.attname for field in fields))
    adapters = [_adapter(field.get_internal_type()) for field in fields]
    adapted = [_adapted(values(row), adapters) for row in rows]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", adapted)


def _is_left(row: Model, field: "Field[Any, Any]") -> bool:
    return isinstance(getattr(row, field.attname), DatabaseDefault)


def _adapted(values: tuple[Any, ...], adapters: list[Callable[[Any], Any] | None]) -> list[Any]:
    return [
        adapter(value) if adapter and value is not None else value
        for value, adapter in zip(values, adapters, strict=True)
    ]


@cache
def _adapter(kind: str) -> Callable[[Any], Any] | None:
    """Return what converts a field's value for the database's driver; None where it needs no conversion."""
    if kind == "UUIDField":
        return None if connection.features.has_native_uuid_field else attrgetter("hex")
    if kind == "JSONField":
        return lambda value: connection.ops.adapt_json_value(value, None)
    if kind == "DateTimeField":
        return connection.ops.adapt_datetimefield_value
    if kind == "DecimalField":
        return lambda value: connection.ops.adapt_decimalfield_value(value, 14, 8)
    return None
