"""Queries, and how their rows become objects."""

from collections.abc import Callable, Hashable
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from chatsite.statements.compiled import Compiled, Row, Statement


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
    """A query whose objects are shared by all callers until their rows change. `build` annotates them with one
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
