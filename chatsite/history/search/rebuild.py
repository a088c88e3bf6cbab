"""Rebuilds the search index in batches beside the one in use. Searches and writes continue meanwhile."""

from typing import Any

from django.db import connection, transaction

from chatsite.history.search import index, postgresql_index, sqlite_index
from chatsite.history.search.sqlite_index import Words

BATCH = 2000

_STALE = [
    """DELETE FROM history_searchentry WHERE NOT EXISTS (SELECT 1 FROM conversations_message message
        WHERE message.id = history_searchentry.message_id AND message.text <> '')""",
    """DELETE FROM history_titleentry WHERE NOT EXISTS (SELECT 1 FROM conversations_conversation conversation
        WHERE conversation.id = history_titleentry.conversation_id AND conversation.title <> '')""",
]
_LAST_KEY = "history_rebuilt"


def rebuild() -> None:
    """Rebuild the index from the messages, also when it is damaged."""
    if connection.vendor == "sqlite":
        _rebuild_sqlite()
    else:
        _rebuild_postgresql()
    index.tidy()


def _rebuild_sqlite() -> None:
    with transaction.atomic():
        index.install()
    for words in (sqlite_index.MESSAGES, sqlite_index.TITLES):
        _rebuild_words(words)
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in [*_STALE, *sqlite_index.scope_again()]:
            cursor.execute(sql)
    index.fill()


def _rebuild_words(words: Words) -> None:
    """Fill a second table, whose filled part triggers keep current; then it replaces the first one."""
    following = words.named(f"{words.table}_next")
    triggers = following.triggers(f"ROW.{words.key} <= (SELECT last FROM {_LAST_KEY})")
    _execute(
        *sqlite_index.drop(triggers),
        f"DROP TABLE IF EXISTS {following.table}",
        f"DROP TABLE IF EXISTS {_LAST_KEY}",
        f"CREATE TABLE {_LAST_KEY} AS SELECT {-(2**63)} AS last",
        following.create,
        following.set_merging,
        *sqlite_index.create(triggers),
    )
    while _copy(words, following):
        pass


def _copy(words: Words, following: Words) -> bool:
    """Copy the next entries. If there are none left, the new table replaces the old one in the same transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT max(key) FROM (SELECT {words.key} AS key FROM {words.entries}
            WHERE {words.key} > (SELECT last FROM {_LAST_KEY}) ORDER BY {words.key} LIMIT {BATCH})"""
        )
        (last,) = cursor.fetchone()
        if last is None:
            _take_over(cursor, words, following)
            return False
        cursor.execute(following.copy(f"SELECT last FROM {_LAST_KEY}"), [last])
        cursor.execute(f"UPDATE {_LAST_KEY} SET last = %s", [last])
    return True


def _take_over(cursor: Any, words: Words, following: Words) -> None:
    for sql in [
        *sqlite_index.drop(words.triggers() | following.triggers()),
        f"DROP TABLE {words.table}",
        f"DROP TABLE {_LAST_KEY}",
        f"ALTER TABLE {following.table} RENAME TO {words.table}",
        *sqlite_index.create(words.triggers()),
    ]:
        cursor.execute(sql)


def _rebuild_postgresql() -> None:
    """Each row is written again. A search meanwhile finds some by their old words and others by their new ones.

    Rows that somebody is changing are left for the end, one after another: so nobody waits for two of them.
    """
    index.install()
    for table, enter in (
        ("message", postgresql_index.enter_messages),
        ("conversation", postgresql_index.enter_titles),
    ):
        last, busy = 0, set[int]()
        while ids := _ids_behind(table, last):
            last = ids[-1]
            busy |= set(ids) - _write_again(table, enter, ids, "SKIP LOCKED")
        for pk in sorted(busy):
            _write_again(table, enter, [pk], "")
    _execute(*_STALE)


def _ids_behind(table: str, last: int) -> list[int]:
    with connection.cursor() as cursor:
        sql = f"SELECT id FROM conversations_{table} WHERE id > %s ORDER BY id LIMIT %s"
        cursor.execute(sql, [last, BATCH])
        return [pk for (pk,) in cursor.fetchall()]


def _write_again(table: str, enter: Any, ids: list[int], if_locked: str) -> set[int]:
    """Lock these rows and write their entries. Return the ids of those that were not locked by others."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM conversations_{table} WHERE id = ANY(%s) FOR SHARE {if_locked}", [ids]
        )
        free = {pk for (pk,) in cursor.fetchall()}
        cursor.execute(enter(f"{table}.id = ANY(ARRAY[{', '.join(map(str, free))}]::bigint[])"))
    return free


def _execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
