"""Triggers that keep events as they are, also from what goes round the models. Both databases have them."""

from django.db import connection

TABLE = "audit_event"
FIXED = (
    "id", "at", "actor_name", "address", "verb", "target_type", "target_id", "target_name", "before", "after", "reason",
)  # fmt: skip
# They become empty when the person is deleted.
EMPTIED = ("actor_id", "owner_id")
# chatsite/sqlite takes a trigger of such a name away while all tables are emptied.
KEPT = f"{TABLE}_kept"
REFUSAL = "events never change and are never deleted"


def install(*_) -> None:
    """Create them. For a migration."""
    _execute(_for_sqlite() if connection.vendor == "sqlite" else _for_postgresql())


def remove(*_) -> None:
    if connection.vendor == "sqlite":
        _execute([f"DROP TRIGGER IF EXISTS {TABLE}_fixed", f"DROP TRIGGER IF EXISTS {KEPT}"])
    else:
        _execute([f"DROP FUNCTION IF EXISTS {TABLE}_refuse() CASCADE"])


def _for_sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER {TABLE}_fixed BEFORE UPDATE ON {TABLE} WHEN {_changed('IS NOT')} {refuse}",
        f"CREATE TRIGGER {KEPT} BEFORE DELETE ON {TABLE} {refuse}",
    ]


def _for_postgresql() -> list[str]:
    refuse = f"EXECUTE FUNCTION {TABLE}_refuse()"
    return [
        f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {TABLE}_fixed BEFORE UPDATE ON {TABLE} FOR EACH ROW"
        f" WHEN ({_changed('IS DISTINCT FROM')}) {refuse}",
        f"CREATE TRIGGER {KEPT} BEFORE DELETE ON {TABLE} FOR EACH ROW {refuse}",
    ]


def _changed(differs: str) -> str:
    """SQL of whether an update changes what it must not."""
    fixed = [f'NEW."{name}" {differs} OLD."{name}"' for name in FIXED]
    emptied = [f'(NEW."{name}" IS NOT NULL AND NEW."{name}" {differs} OLD."{name}")' for name in EMPTIED]
    return " OR ".join([*fixed, *emptied])


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
