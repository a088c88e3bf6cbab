"""The context of the page of search results."""

from typing import Any
from urllib.parse import urlencode

from chatsite.history.search.query import Query, read
from chatsite.history.search.results import Results, find

BEST = "best"


def search_page(request: Any) -> dict[str, Any]:
    """Return the results of `q`. `order=best` puts best matches first; `after` is the cursor of the page before."""
    query = read(request.GET.get("q", ""))
    best, after = request.GET.get("order") == BEST, request.GET.get("after", "")
    results = Results() if query.problem else find(request.user, query, after, best)
    address = {"q": query.typed} | ({"order": BEST} if best else {})
    return {
        "query": query,
        "results": results,
        "best": best,
        "later": bool(after),
        "more": urlencode(address | {"after": results.more}) if results.more else "",
        "in_order": urlencode({"q": query.typed} | ({} if best else {"order": BEST})),
        "all_titles": urlencode({"q": f"{query.typed} in:title"}),
        "beginnings": _beginnings(query),
    }


def _beginnings(query: Query) -> str:
    """Return the query string of the same search with each word as a prefix; empty if there is no such word."""
    words = query.typed.split()
    plain = [word for word in words if word.isalnum() and len(word) > 2]
    if not plain:
        return ""
    return urlencode({"q": " ".join(f"{word}*" if word in plain else word for word in words)})
