"""Creates, fills and removes the search index of the site's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from chatsite.history.search import postgresql_index, sqlite_index

BATCH = 2000
# Of FTS5, while others wait to write.
PAGES_AT_ONCE = 500

_MESSAGES_WITHOUT_ENTRY = """SELECT message.id FROM conversations_message message
    LEFT JOIN history_searchentry entry ON entry.message_id = message.id
    WHERE message.id > %s AND message.text <> '' AND entry.message_id IS NULL ORDER BY message.id LIMIT %s"""
_TITLES_WITHOUT_ENTRY = """SELECT conversation.id FROM conversations_conversation conversation
    LEFT JOIN history_titleentry entry ON entry.conversation_id = conversation.id
    WHERE conversation.id > %s AND conversation.title <> '' AND entry.conversation_id IS NULL
    ORDER BY conversation.id LIMIT %s"""


def install(*_: Any) -> None:
    """Create what Django's models cannot: FTS tables, functions and triggers. For a migration."""
    _execute(_index().install())


def remove(*_: Any) -> None:
    _execute(_index().remove())


def renew(*_: Any) -> None:
    """Empty the index of SQLite and create it in its present shape; `fill` indexes all again. For a migration."""
    if connection.vendor == "sqlite":
        emptied = ["DELETE FROM history_searchentry", "DELETE FROM history_titleentry"]
        with transaction.atomic():
            _execute([*sqlite_index.remove(), *emptied, *sqlite_index.install()])


@contextmanager
def at_once() -> Iterator[None]:
    """Index messages that are inserted meanwhile together, which is cheaper. They must not be changed meanwhile."""
    with transaction.atomic():
        if connection.vendor != "sqlite":
            yield
            return
        _execute([sqlite_index.BEGIN_LATER])
        yield
        _execute(sqlite_index.END_LATER)


def fill(*_: Any) -> None:
    """Index what has no entry yet, in batches, each in its own transaction."""
    for missing, enter in (
        (_MESSAGES_WITHOUT_ENTRY, _enter_messages),
        (_TITLES_WITHOUT_ENTRY, _enter_titles),
    ):
        last: int | None = 0
        while last is not None:
            last = _fill_batch(missing, enter, last)


def tidy(*_: Any) -> None:
    """After much was entered: merge what SQLite wrote in parts, step by step; let PostgreSQL's planner count."""
    if connection.vendor != "sqlite":
        _execute(["ANALYZE history_searchentry", "ANALYZE history_titleentry"])
        return
    for words in (sqlite_index.MESSAGES, sqlite_index.TITLES):
        # A negative number begins to merge all into one.
        _merge(words.table, -PAGES_AT_ONCE)
        while _merge(words.table, PAGES_AT_ONCE):
            pass


def _merge(table: str, pages: int) -> bool:
    """Merge some pages of an FTS5 table; returns whether there was anything to merge."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT total_changes()")
        (before,) = cursor.fetchone()
        cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', {pages})")
        cursor.execute("SELECT total_changes()")
        (after,) = cursor.fetchone()
    return bool(after - before >= 2)


def _fill_batch(missing: str, enter: Any, last: int) -> int | None:
    """Add the next entries after the id `last`. Return the last id added, or None if nothing was missing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(missing, [last, BATCH])
        ids = [pk for (pk,) in cursor.fetchall()]
        if ids:
            enter(cursor, ids)
    return ids[-1] if ids else None


def _enter_messages(cursor: Any, ids: list[int]) -> None:
    if connection.vendor == "sqlite":
        with at_once():
            # The statement has a "%s" of its own, for SQLite.
            enter = sqlite_index.enter_message("?").replace("%s", "%%s").replace("?", "%s")
            cursor.executemany(enter, [(pk,) for pk in ids])
    else:
        cursor.execute(postgresql_index.enter_messages("message.id = ANY(%s)").replace(" % ", " %% "), [ids])


def _enter_titles(cursor: Any, ids: list[int]) -> None:
    if connection.vendor == "sqlite":
        cursor.executemany(sqlite_index.enter_title("%s"), [(pk,) for pk in ids])
    else:
        cursor.execute(postgresql_index.enter_titles("conversation.id = ANY(%s)"), [ids])


def _index() -> Any:
    return sqlite_index if connection.vendor == "sqlite" else postgresql_index


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
