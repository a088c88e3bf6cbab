"""Rows that are added and never change: models refuse it, and triggers refuse statements that bypass the models."""

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from django.db import connection, models


class ImmutableQuerySet(models.QuerySet):
    """Refuses to change or delete what it finds."""

    def update(self, **columns: Any) -> NoReturn:
        raise never_changes(self.model)

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise never_changes(self.model)

    def delete(self) -> NoReturn:
        raise never_deleted(self.model)

    delete.alters_data = True
    delete.queryset_only = True


class Immutable(models.Model):
    """A row that can be added, and never changed or deleted."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise never_changes(self)
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise never_deleted(self)


def never_changes(model: Any) -> TypeError:
    return TypeError(f"This {model._meta.verbose_name} never changes.")


def never_deleted(model: Any) -> TypeError:
    return TypeError(f"This {model._meta.verbose_name} is never deleted.")


class Triggers(NamedTuple):
    """The triggers of one table, and their names.

    fixed: columns that never change. emptied: those that may become empty, when what they name is deleted.
    sentence: the error of the database. function: of PostgreSQL. on_delete: none where rows may be deleted.
    """

    table: str
    fixed: Sequence[str]
    emptied: Sequence[str]
    sentence: str
    function: str
    on_update: str
    on_delete: str = ""

    def install(self) -> None:
        """Create them, or create them again. For a migration."""
        statements = [
            *self._drops(),
            *self._function(),
            self._trigger(self.on_update, "UPDATE", self._when()),
        ]
        if self.on_delete:
            statements.append(self._trigger(self.on_delete, "DELETE"))
        _execute(statements)

    def remove(self) -> None:
        _execute(self._drops())
        if connection.vendor != "sqlite":
            _execute([f"DROP FUNCTION IF EXISTS {self.function}()"])

    def _drops(self) -> list[str]:
        table = "" if connection.vendor == "sqlite" else f" ON {self.table}"
        return [f"DROP TRIGGER IF EXISTS {name}{table}" for name in (self.on_update, self.on_delete) if name]

    def _function(self) -> list[str]:
        if connection.vendor == "sqlite":
            return []
        return [
            f"CREATE OR REPLACE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{self.sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        ]

    def _trigger(self, name: str, event: str, when: str = "") -> str:
        if connection.vendor == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
        else:
            refuse = f"EXECUTE FUNCTION {self.function}()"
        return f"CREATE TRIGGER {name} BEFORE {event} ON {self.table} FOR EACH ROW {when} {refuse}"

    def _when(self) -> str:
        """Return the condition under which an update changes what it must not."""
        differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
        fixed = [f'NEW."{name}" {differs} OLD."{name}"' for name in self.fixed]
        emptied = [
            f'(NEW."{name}" IS NOT NULL AND NEW."{name}" {differs} OLD."{name}")' for name in self.emptied
        ]
        return f"WHEN ({' OR '.join([*fixed, *emptied])})"


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
