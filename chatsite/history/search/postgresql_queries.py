"""The statements that search in PostgreSQL."""

from typing import Any

from django.db import connection, transaction

from chatsite.history.search.phrases import Phrase, model_word
from chatsite.history.search.postgresql_index import PLACES_A_SECOND
from chatsite.history.search.query import Query
from chatsite.history.search.search import Search

# Where several words are looked for, in a phrase or not, fewer matches than these are all read and then ordered.
MAX_PROBED = 2001

_MATCHES = """
SELECT place, message_id FROM history_searchentry
WHERE owner_id = %s AND search @@ %s::tsquery AND place >= %s AND place < %s
"""
_NEWEST = f"{_MATCHES} ORDER BY place DESC LIMIT %s"
_PROBE = f"{_MATCHES} LIMIT {MAX_PROBED}"
_RANKED = """
SELECT found.place, found.message_id, -ts_rank(entry.search, %s::tsquery) FROM (
    SELECT place, message_id FROM unnest(%s::bigint[], %s::bigint[]) AS found(place, message_id)
) found JOIN history_searchentry entry ON entry.place = found.place
"""
_WITHIN = """
SELECT entry.message_id FROM conversations_message message
JOIN history_searchentry entry ON entry.message_id = message.id
WHERE message.conversation_id = %s AND entry.search @@ %s::tsquery
"""
_TITLES = "SELECT conversation_id FROM history_titleentry WHERE owner_id = %s AND search @@ %s::tsquery"
# The planner expects that words meet as often as chance would have it. Where they never do, it would read all of a
# person's messages from the newest on.
_ONLY_GIN = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off"
)
_ANY_SCAN = (
    "SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on"
)
# Compiling and starting workers take longer than the searches do.
_PLAIN = "SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0"


def place(seconds: float) -> int:
    """Return the first place of a time."""
    return int(seconds) * PLACES_A_SECOND


def newest(search: Search, places: tuple[int, int], count: int) -> Any:
    params: list[Any] = [search.owner, _match(search), *places]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        if _has_several_words(search.query):
            cursor.execute(_ONLY_GIN)
            cursor.execute(_PROBE, params)
            found = cursor.fetchall()
            cursor.execute(_ANY_SCAN)
            if len(found) < MAX_PROBED:
                return sorted(found, reverse=True)[:count]
        cursor.execute(_NEWEST, [*params, count])
        return cursor.fetchall()


def newest_statement(search: Search, places: tuple[int, int], count: int) -> tuple[str, list[Any]]:
    return _NEWEST, [search.owner, _match(search), *places, count]


def _has_several_words(query: Query) -> bool:
    return sum(len(phrase.words) for phrase in query.phrases) + len(query.without) > 1


def ranked(search: Search, places: tuple[int, int], count: int) -> Any:
    found = newest(search, places, count)
    columns: list[Any] = [[row[0] for row in found], [row[1] for row in found]]
    with connection.cursor() as cursor:
        cursor.execute(_RANKED, [_match(search), *columns])
        return cursor.fetchall()


def within(search: Search, conversation: int) -> list[int]:
    """Return the ids of matching messages of a conversation."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        cursor.execute(_WITHIN, [conversation, _match(search)])
        return [message for (message,) in cursor.fetchall()]


def titles(search: Search) -> tuple[str, list[Any]]:
    return _TITLES, [search.owner, _words(search)]


def _match(search: Search) -> str:
    models = [f"'{model_word(name)}':*" for name in search.query.models]
    prompts = [f"'p_{pk}'" for pk in search.prompts]
    return " & ".join([_words(search), *(f"({' | '.join(names)})" for names in (models, prompts) if names)])


def _words(search: Search) -> str:
    terms = [_term(phrase) for phrase in search.query.phrases]
    return " & ".join(terms + [f"!({_term(phrase)})" for phrase in search.query.without])


def _term(phrase: Phrase) -> str:
    words = [f"'{word}'" for word in phrase.words]
    return f"({' <-> '.join(words)}{':*' if phrase.is_beginning else ''})"
