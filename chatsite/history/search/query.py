"""What a person typed into the search box, read: words, "phrases", beginnings*, -without, and filters like in:title.

Reading never raises. What cannot be answered has a `problem`: a sentence for the page.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from chatsite.history.search.fold import fold
from chatsite.history.search.phrases import Phrase, is_too_short, phrase

MAX_QUERY_LENGTH = 400
MAX_TERMS = 20

TOO_LONG = f"Search for at most {MAX_QUERY_LENGTH} characters at once."
TOO_MANY = f"Search for at most {MAX_TERMS} words at once."
ONLY_WITHOUT = "Add a word to look for: a search cannot only say what to leave out."
NO_WORDS = "Search for letters or digits: signs are not in the index."

_TERM = re.compile(
    r"""(?P<minus>-?)
    (?:(?P<name>in|is|before|after|folder|model|prompt):)?
    (?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))?
    (?P<star>\*?)""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")


@dataclass(slots=True)
class Query:
    """models: beginnings of names. prompts, folders: parts of names. before is exclusive, after inclusive.

    flags: `pinned` and `archived`, and whether they must be true.
    """

    typed: str
    phrases: list[Phrase] = field(default_factory=list)
    without: list[Phrase] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    flags: dict[str, bool] = field(default_factory=dict)
    before: datetime | None = None
    after: datetime | None = None
    titles_only: bool = False
    has_filter: bool = False
    problem: str = ""


def read(typed: str) -> Query:
    """Parse what was typed."""
    query = Query(" ".join(typed.encode(errors="replace").decode().replace("\0", " ").split()))
    if len(query.typed) > MAX_QUERY_LENGTH:
        query.typed = query.typed[:MAX_QUERY_LENGTH]
        query.problem = TOO_LONG
        return query
    terms = [term for term in _TERM.finditer(query.typed) if term["quoted"] or term["bare"] or term["name"]]
    if len(terms) > MAX_TERMS:
        query.problem = TOO_MANY
    for term in terms:
        query.problem = query.problem or _take(query, term)
    query.problem = query.problem or _why_not(query)
    return query


def _why_not(query: Query) -> str:
    """Return why there is nothing to search for; an empty string if there is something."""
    if query.phrases or query.has_filter or not query.typed:
        return ""
    return ONLY_WITHOUT if query.without else NO_WORDS


def _take(query: Query, term: re.Match[str]) -> str:
    """Add one term to the query. Return what is wrong with it, if anything."""
    value = term["quoted"] if term["quoted"] is not None else term["bare"] or ""
    name = (term["name"] or "").lower()
    if not name:
        return _take_words(query, value, term)
    query.has_filter = True
    if term["minus"]:
        return f"“{name}:” cannot be left out with a minus."
    return _FILTERS[name](query, value.strip())


def _take_words(query: Query, value: str, term: re.Match[str]) -> str:
    is_beginning = bool(term["star"]) or term["bare"] is not None and value.endswith("*")
    found = phrase(value, is_beginning)
    if found is None:
        return ""
    if is_too_short(found):
        return f"“{found.words[-1]}*” is too short: type at least two letters before the star."
    (query.without if term["minus"] else query.phrases).append(found)
    return ""


def _take_in(query: Query, value: str) -> str:
    query.titles_only = True
    return "" if value.lower() in ("title", "titles") else "“in:” can be followed by title: in:title."


def _take_is(query: Query, value: str) -> str:
    if value.lower() not in ("pinned", "archived"):
        return "“is:” can be followed by pinned or archived."
    query.flags[value.lower()] = True
    return ""


def _take_before(query: Query, value: str) -> str:
    query.before = moment = _moment(value)
    return "" if moment else _no_date("before", value)


def _take_after(query: Query, value: str) -> str:
    query.after = moment = _moment(value)
    return "" if moment else _no_date("after", value)


def _take_folder(query: Query, value: str) -> str:
    if value:
        query.folders.append(value)
    return "" if value else "“folder:” needs the name of a folder, or a part of it."


def _take_model(query: Query, value: str) -> str:
    if fold(value):
        query.models.append(value)
        return ""
    return "“model:” needs the name of a model, or how it begins."


def _take_prompt(query: Query, value: str) -> str:
    if value:
        query.prompts.append(value)
    return "" if value else "“prompt:” needs the name of a system prompt."


_FILTERS = {
    "in": _take_in,
    "is": _take_is,
    "before": _take_before,
    "after": _take_after,
    "folder": _take_folder,
    "model": _take_model,
    "prompt": _take_prompt,
}


def _moment(value: str) -> datetime | None:
    """Return the beginning of a day, month or year in the person's time zone; None if it is not a date."""
    found = _DATE.fullmatch(value)
    if not found:
        return None
    try:
        year, month, day = (int(part or 1) for part in found.groups())
        return timezone.make_aware(datetime(year, month, day))
    except (ValueError, OverflowError):
        return None


def _no_date(name: str, value: str) -> str:
    return f"“{name}:” needs a date such as {name}:2026-05-31 or {name}:2026-05, not “{value}”."
