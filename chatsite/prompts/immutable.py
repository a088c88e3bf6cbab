"""Rows that are added and never changed: refused in Python, and by the database for whatever goes round that."""

from django.db import connection, models

TRIGGERS = {
    "prompts_systempromptversion": (
        ["prompt_id", "number", "text", "source", "snippets", "has_variables", "sha256", "tokens"]
        + ["author_name", "note", "made"],
        ["author_id", "based_on_id"],
    ),
    "prompts_promptrelease": (
        [
            "token",
            "prompt_id",
            "version_id",
            "kind",
            "share",
            "at",
            "made",
            "follow",
            "of_id",
            "by_name",
            "note",
        ],
        ["by_id"],
    ),
}
"""Columns of each table that never change, and those that may only become empty, when what they name is deleted."""


class ImmutableQuerySet(models.QuerySet):
    """Refuses to change or delete what it finds."""

    def update(self, **columns):
        raise TypeError(f"A {self.model._meta.verbose_name} never changes.")

    def bulk_update(self, *args, **options):
        raise TypeError(f"A {self.model._meta.verbose_name} never changes.")

    def delete(self):
        raise TypeError(f"A {self.model._meta.verbose_name} is never deleted.")

    delete.alters_data = True
    delete.queryset_only = True


class Immutable(models.Model):
    """A row that can be made, and never changed or deleted."""

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **options):
        if not self._state.adding:
            raise TypeError(f"A {self._meta.verbose_name} never changes.")
        super().save(*args, **options)

    def delete(self, *args, **options):
        raise TypeError(f"A {self._meta.verbose_name} is never deleted.")


def install(*_) -> None:
    """Create the triggers. For a migration."""
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    _execute([sql for table, columns in TRIGGERS.items() for sql in make(table, *columns)])


def remove(*_) -> None:
    if connection.vendor == "sqlite":
        _execute([f"DROP TRIGGER IF EXISTS {table}_stays" for table in TRIGGERS])
    else:
        _execute([f"DROP FUNCTION IF EXISTS {table}_stays() CASCADE" for table in TRIGGERS])


def _sqlite(table: str, fixed: list[str], emptied: list[str]) -> list[str]:
    changed = [f'NEW."{name}" IS NOT OLD."{name}"' for name in ["id", *fixed]]
    changed += [f'(NEW."{name}" IS NOT OLD."{name}" AND NEW."{name}" IS NOT NULL)' for name in emptied]
    return [
        f"DROP TRIGGER IF EXISTS {table}_stays",
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} WHEN {' OR '.join(changed)}"
        f" BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END",
    ]


def _postgresql(table: str, fixed: list[str], emptied: list[str]) -> list[str]:
    changed = [f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in ["id", *fixed]]
    changed += [
        f'(NEW."{name}" IS DISTINCT FROM OLD."{name}" AND NEW."{name}" IS NOT NULL)' for name in emptied
    ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION 'rows of {table} never change'; END $$",
        f"DROP TRIGGER IF EXISTS {table}_stays ON {table}",
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({' OR '.join(changed)})"
        f" EXECUTE FUNCTION {table}_stays()",
    ]


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
