"""Checks that the search index matches the stored messages and titles."""

import random
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction

from chatsite.history.search import postgresql_index, sqlite_index
from chatsite.history.search.fold import VERSION, fold
from chatsite.history.search.sqlite_index import Words

SAMPLES = 200
# Matches that are checked for each sampled word, the newest first.
ROWS_OF_A_WORD = 5

REBUILD = "Run “manage.py search rebuild”."

# Counts that should be 0, by what they count.
_COUNTS = {
    "messages are not in the index": """SELECT count(*) FROM conversations_message message
        LEFT JOIN history_searchentry entry ON entry.message_id = message.id
        WHERE message.text <> '' AND entry.message_id IS NULL""",
    "entries have no message with a text": """SELECT count(*) FROM history_searchentry entry
        LEFT JOIN conversations_message message ON message.id = entry.message_id
        WHERE message.id IS NULL OR message.text = ''""",
    "titles are not in the index": """SELECT count(*) FROM conversations_conversation conversation
        LEFT JOIN history_titleentry entry ON entry.conversation_id = conversation.id
        WHERE conversation.title <> '' AND entry.conversation_id IS NULL""",
    "entries have no conversation with a title": """SELECT count(*) FROM history_titleentry entry
        LEFT JOIN conversations_conversation conversation ON conversation.id = entry.conversation_id
        WHERE conversation.id IS NULL OR conversation.title = ''""",
    "entries have another owner than their conversation": """SELECT count(*) FROM history_searchentry entry
        JOIN conversations_message message ON message.id = entry.message_id
        JOIN conversations_conversation conversation ON conversation.id = message.conversation_id
        WHERE conversation.owner_id <> entry.owner_id""",
}
_DIFFERENT = """SELECT count(*) FROM (SELECT * FROM history_searchentry WHERE message_id = ANY(%s)) entry
    JOIN conversations_message message ON message.id = entry.message_id
    WHERE entry.search <> history_words(message.text, entry.scope)"""


def problems() -> list[str]:
    """Return what is wrong with the index, a sentence each; an empty list if nothing is."""
    with connection.cursor() as cursor:
        found = [*_wrong_version(cursor), *_missing_triggers(cursor), *_wrong_counts(cursor)]
        vendors = _wrong_in_sqlite if connection.vendor == "sqlite" else _wrong_in_postgresql
        return found or [*vendors(cursor)]


def _wrong_version(cursor: Any) -> Iterator[str]:
    version = _value(cursor, "SELECT version FROM history_foldversion")
    if version != VERSION:
        yield f"The index was made by version {version} of the fold; this is version {VERSION}."


def _missing_triggers(cursor: Any) -> Iterator[str]:
    if connection.vendor == "sqlite":
        wanted, sql = set(sqlite_index.TRIGGERS), "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        wanted, sql = set(postgresql_index.TRIGGERS), "SELECT tgname::text FROM pg_trigger"
    cursor.execute(sql)
    if missing := wanted - {name for (name,) in cursor.fetchall()}:
        yield f"Triggers are missing: {', '.join(sorted(missing))}."


def _wrong_counts(cursor: Any) -> Iterator[str]:
    for what, sql in _COUNTS.items():
        if count := _value(cursor, sql):
            yield f"{count} {what}."


def _wrong_in_postgresql(cursor: Any) -> Iterator[str]:
    if different := _value(cursor, _DIFFERENT, [_some_messages(cursor)]):
        yield f"{different} of {SAMPLES} messages have other words than the index says."


def _wrong_in_sqlite(cursor: Any) -> Iterator[str]:
    for words in (sqlite_index.MESSAGES, sqlite_index.TITLES):
        cursor.execute(
            f"SELECT (SELECT count(*) FROM {words.table}_docsize), (SELECT count(*) FROM {words.entries})"
        )
        rows, entries = cursor.fetchone()
        if rows != entries:
            yield f"{words.table} has {rows} rows for {entries} entries."
        try:
            cursor.execute(f"INSERT INTO {words.table} ({words.table}) VALUES ('integrity-check')")
        except DatabaseError as error:
            yield f"{words.table} is damaged: {error}."
    yield from _unfound(cursor)
    yield from _left_over(cursor, sqlite_index.MESSAGES)
    yield from _left_over(cursor, sqlite_index.TITLES)


def _unfound(cursor: Any) -> Iterator[str]:
    """Report sampled messages that a search for their longest word does not find."""
    for message in _some_messages(cursor):
        with transaction.atomic():
            yield from _unfound_message(cursor, message)


def _unfound_message(cursor: Any, message: int) -> Iterator[str]:
    """Check one message, in a transaction, so that nothing is written meanwhile."""
    cursor.execute(
        """SELECT entry.place, entry.scope, message.text FROM history_searchentry entry
        JOIN conversations_message message ON message.id = entry.message_id WHERE message.id = %s""",
        [message],
    )
    row = cursor.fetchone()
    if row is None:  # deleted meanwhile
        return
    place, scope, text = row
    if word := max(fold(text).split(), key=len, default=""):
        match = f'text : "{word}" AND scope : "{scope.split()[0]}"'
        sql = "SELECT count(*) FROM history_messagewords WHERE history_messagewords MATCH %s AND rowid = %s"
        if not _value(cursor, sql, [match, place]):
            yield f"The word “{word}” does not find message {message}."


def _left_over(cursor: Any, words: Words) -> Iterator[str]:
    """Report words that the index has for a text that does not have them any more."""
    cursor.execute("DROP TABLE IF EXISTS temp.history_terms")
    cursor.execute(f"CREATE VIRTUAL TABLE temp.history_terms USING fts5vocab(main, {words.table}, 'col')")
    for word in _some_words(cursor):
        cursor.execute(
            f"""SELECT found.rowid, source.{words.text} FROM (SELECT rowid FROM {words.table}
                WHERE {words.table} MATCH %s ORDER BY rowid DESC LIMIT {ROWS_OF_A_WORD}) found
            LEFT JOIN {words.entries} entry ON entry.{words.key} = found.rowid
            LEFT JOIN {words.source} source ON source.id = entry.{words.source_key}""",
            [f'text : "{word}"'],
        )
        for row, text in cursor.fetchall():
            if word not in fold(text).split():
                yield f"The index has the word “{word}” of {row}, which does not have it any more."
    cursor.execute("DROP TABLE temp.history_terms")


def _some_words(cursor: Any) -> set[str]:
    """Return random words of the index, from all alphabets."""
    found = set()
    for _ in range(SAMPLES):
        start = chr(
            random.choice(
                (
                    random.randrange(0x30, 0x7B),
                    random.randrange(0x400, 0x500),
                    random.randrange(0x4E00, 0x9FFF),
                )
            )
        )
        start += chr(random.randrange(0x30, 0x7B))
        sql = "SELECT term FROM temp.history_terms WHERE term >= %s AND col = 'text' LIMIT 1"
        cursor.execute(sql, [start])
        found |= {term for (term,) in cursor.fetchall()}
    return found


def _some_messages(cursor: Any) -> list[int]:
    """Return the ids of random messages in the index: those that follow random ids, as ids may lie far apart."""
    cursor.execute("SELECT min(message_id), max(message_id) FROM history_searchentry")
    first, last = cursor.fetchone()
    if first is None:
        return []
    ids = range(first, last + 1)
    starts = ", ".join(f"({pk})" for pk in random.sample(ids, min(SAMPLES, len(ids))))
    cursor.execute(
        f"""WITH start(id) AS (VALUES {starts}) SELECT DISTINCT
        (SELECT min(message_id) FROM history_searchentry WHERE message_id >= start.id) FROM start"""
    )
    return [pk for (pk,) in cursor.fetchall()]


def _value(cursor: Any, sql: str, params: Any = None) -> Any:
    cursor.execute(sql, params)
    return cursor.fetchone()[0]
