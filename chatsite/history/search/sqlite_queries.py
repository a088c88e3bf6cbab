"""The statements that search in SQLite. Words reach FTS5 as quoted strings of letters, so none can be its syntax."""

from typing import Any

from django.db import connection

from chatsite.history.search.phrases import Phrase, model_word
from chatsite.history.search.search import Search
from chatsite.history.search.sqlite_index import SECONDS_A_PLACE

# A word that no folded text has.
NO_WORD = "_"

_NEWEST = """
SELECT entry.place, entry.message_id FROM (
    SELECT rowid AS place FROM history_messagewords
    WHERE history_messagewords MATCH %s AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s
) found CROSS JOIN history_searchentry entry ON entry.place = found.place
WHERE entry.owner_id = %s ORDER BY entry.place DESC
"""
# The scope weighs nothing: its owner's word is in all of the person's messages.
_RANKED = """
SELECT entry.place, entry.message_id, found.score FROM (
    SELECT rowid AS place, bm25(history_messagewords, 1.0, 0.0) AS score FROM history_messagewords
    WHERE history_messagewords MATCH %s AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s
) found CROSS JOIN history_searchentry entry ON entry.place = found.place
WHERE entry.owner_id = %s
"""
# Only the index's rows from the time of the conversation are read.
_PLACES = """
SELECT entry.place, entry.message_id FROM conversations_message message
CROSS JOIN history_searchentry entry ON entry.message_id = message.id WHERE message.conversation_id = %s
"""
_WITHIN = f"""
WITH own(place, message_id) AS MATERIALIZED ({_PLACES})
SELECT own.message_id FROM (
    SELECT rowid AS place FROM history_messagewords
    WHERE history_messagewords MATCH %s
    AND rowid >= (SELECT MIN(place) FROM own) AND rowid <= (SELECT MAX(place) FROM own)
) found CROSS JOIN own ON own.place = found.place
"""
_TITLES = "SELECT rowid FROM history_titlewords WHERE history_titlewords MATCH %s"


def place(seconds: float) -> int:
    """Return the first place of a time."""
    return int(seconds / SECONDS_A_PLACE)


def newest(search: Search, places: tuple[int, int], count: int) -> Any:
    return _rows(*newest_statement(search, places, count))


def newest_statement(search: Search, places: tuple[int, int], count: int) -> tuple[str, list[Any]]:
    return _NEWEST, [_match(search), *places, count, search.owner]


def ranked(search: Search, places: tuple[int, int], count: int) -> Any:
    return _rows(_RANKED, [_match(search), *places, count, search.owner])


def within(search: Search, conversation: int) -> list[int]:
    """Return the ids of matching messages of a conversation."""
    return [message for (message,) in _rows(_WITHIN, [conversation, _match(search)])]


def titles(search: Search) -> tuple[str, list[Any]]:
    return _TITLES, [_words(search, f'scope : "o_{search.owner}"')]


def _match(search: Search) -> str:
    models = [f"{_quoted(model_word(name))} *" for name in search.query.models]
    prompts = [_quoted(f"p_{pk}") for pk in search.prompts]
    narrowed = [f"({' OR '.join(names)})" for names in (models, prompts) if names]
    return _words(search, f"scope : ({' AND '.join([_quoted(f'o_{search.owner}'), *narrowed])})")


def _words(search: Search, scope: str) -> str:
    """Return what to match. A NOT is evaluated by itself, so the scope is read only where all words have met."""
    wanted = " AND ".join(map(_term, search.query.phrases))
    unwanted = " OR ".join([_quoted(NO_WORD), *map(_term, search.query.without)])
    return f"(text : ({wanted}) NOT text : ({unwanted})) AND {scope}"


def _term(phrase: Phrase) -> str:
    return _quoted(" ".join(phrase.words)) + (" *" if phrase.is_beginning else "")


def _quoted(words: str) -> str:
    return f'"{words}"'


def _rows(sql: str, params: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
