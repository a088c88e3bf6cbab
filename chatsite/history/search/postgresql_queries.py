"""The statements that search in PostgreSQL."""

import re
from typing import Any

from django.db import connection, transaction

from chatsite.history.search.phrases import Phrase, model_word
from chatsite.history.search.postgresql_index import BUCKET_BITS, PLACES_A_SECOND
from chatsite.history.search.search import Search

# The planner knows how frequent single words are, and how to find so few of their matches.
FEW = 50
# All other searches read all matches at once and sort them, up to this many expected ones; more where more are wanted.
MAX_SORTED, SORTED_FOR_EACH = 2000, 3
# Where more are expected, this many entries are read from the newest on, before the index of words is.
MAX_SCANNED = 1000
# Where none of those matches, and fewer have all words of a phrase, matches are few or none.
SOME = 10

_OWN = "owner_id = %(owner)s AND place >= %(first)s AND place < %(end)s"
_MATCHES = f"""
SELECT place, message_id FROM history_searchentry WHERE {_OWN} AND search @@ %(match)s::tsquery
"""
_NEWEST = f"{_MATCHES} ORDER BY place DESC LIMIT %(count)s"
_SCANNED = f"""
SELECT place, message_id, search @@ %(match)s::tsquery, search @@ %(words)s::tsquery
FROM history_searchentry WHERE {_OWN} ORDER BY place DESC LIMIT {MAX_SCANNED}
"""
_ALL = f"{_MATCHES} LIMIT %(most)s"
_EXPECTED = f"EXPLAIN (FORMAT JSON) {_MATCHES}"
# One bucket of time after the other, from the newest on, until there are enough matches: LATERAL reads the buckets in
# their order, and LIMIT ends it. OFFSET 0 keeps the planner
# from reading all of a person's messages from the newest on, wherever it expects to find enough: it expects that words
# meet as often as chance would have it, and at all times alike.
_BY_TIME = f"""
WITH RECURSIVE bucket(number) AS (
    (SELECT place >> {BUCKET_BITS} FROM history_searchentry WHERE {_OWN} ORDER BY place DESC LIMIT 1)
    UNION ALL
    SELECT (SELECT place >> {BUCKET_BITS} FROM history_searchentry
        WHERE owner_id = %(owner)s AND place >= %(first)s AND place < bucket.number << {BUCKET_BITS}
        ORDER BY place DESC LIMIT 1)
    FROM bucket WHERE bucket.number IS NOT NULL
)
SELECT found.place, found.message_id FROM bucket CROSS JOIN LATERAL (
    SELECT * FROM ({_MATCHES} AND place >> {BUCKET_BITS} = bucket.number OFFSET 0) matches
    ORDER BY place DESC LIMIT %(count)s
) found LIMIT %(count)s
"""
_RANKED = """
SELECT found.place, found.message_id, -ts_rank(entry.search, %s::tsquery) FROM (
    SELECT place, message_id FROM unnest(%s::bigint[], %s::bigint[]) AS found(place, message_id)
) found JOIN history_searchentry entry ON entry.place = found.place
"""
# Only the index's entries from the time of the conversation are read.
_SECONDS = """
SELECT floor(extract(epoch FROM min(created)))::bigint, floor(extract(epoch FROM max(created)))::bigint
FROM conversations_message WHERE conversation_id = %s
"""
_WITHIN = """
SELECT entry.message_id FROM history_searchentry entry
JOIN conversations_message message ON message.id = entry.message_id
WHERE message.conversation_id = %s AND entry.search @@ %s::tsquery
AND entry.owner_id = %s AND entry.place >= %s AND entry.place < %s
"""
_TITLES = "SELECT conversation_id FROM history_titleentry WHERE owner_id = %s AND search @@ %s::tsquery"
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
    params = _params(search, places, count)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        if count <= FEW and not _has_several_words(search):
            return _rows(cursor, _NEWEST, params)
        return _newest_of_many(cursor, params)


def _newest_of_many(cursor: Any, params: dict[str, Any]) -> Any:
    (((plan,),),) = _rows(cursor, _EXPECTED, params)
    if plan["Plan"]["Plan Rows"] < params["most"]:
        return _sorted(cursor, params)
    scanned = _rows(cursor, _SCANNED, params)
    found = [row[:2] for row in scanned if row[2]][: params["count"]]
    wanted = params["count"] - len(found)
    if len(scanned) < MAX_SCANNED or not wanted:
        return found
    are_few = not found and sum(row[3] for row in scanned) < SOME
    before = _sorted if are_few else _by_time
    return found + before(cursor, params | {"end": scanned[-1][0], "count": wanted})


def _sorted(cursor: Any, params: dict[str, Any]) -> Any:
    """Return the newest of all matches; one bucket after the other where they are too many."""
    cursor.execute(_ONLY_GIN)
    found = _rows(cursor, _ALL, params)
    cursor.execute(_ANY_SCAN)
    if len(found) < params["most"]:
        return sorted(found, reverse=True)[: params["count"]]
    return _by_time(cursor, params)


def _by_time(cursor: Any, params: dict[str, Any]) -> Any:
    return _rows(cursor, _BY_TIME, params)


def newest_statement(search: Search, places: tuple[int, int], count: int) -> tuple[str, list[Any]]:
    params, name = _params(search, places, count), r"%\((\w+)\)s"
    return re.sub(name, "%s", _NEWEST), [params[each] for each in re.findall(name, _NEWEST)]


def _params(search: Search, places: tuple[int, int], count: int) -> dict[str, Any]:
    """words: what to match if the words of phrases could be anywhere. most: from that many matches on, not all are read
    at once."""
    match, (first, end) = _match(search), places
    return {
        "owner": search.owner,
        "match": match,
        "words": match.replace("<->", "&"),
        "first": first,
        "end": end,
        "count": count,
        "most": MAX_SORTED + SORTED_FOR_EACH * count,
    }


def _rows(cursor: Any, sql: str, params: dict[str, Any]) -> Any:
    cursor.execute(sql, params)
    return cursor.fetchall()


def _has_several_words(search: Search) -> bool:
    query = search.query
    phrases = sum(len(phrase.words) for phrase in query.phrases)
    return phrases + len(query.without) + len(query.models) + len(search.prompts) > 1


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
        cursor.execute(_SECONDS, [conversation])
        first, last = cursor.fetchone()
        if first is None:
            return []
        cursor.execute(_WITHIN, [conversation, _match(search), search.owner, place(first), place(last + 1)])
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
