"""Parts of pages, which scripts load."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.shortcuts import redirect
from django.urls import reverse

# Only what is opened as a page is asked for with this. Scripts accept anything.
PAGE = "text/html"


def part_of(page: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view show a part of the page of this name, which takes the same query. A person who opens the address of
    the part comes to the page."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def shown(request: Any, **names: Any) -> Any:
            if PAGE not in request.headers.get("Accept", ""):
                return view(request, **names)
            query = request.GET.urlencode()
            return redirect(reverse(page, kwargs=names) + (f"?{query}" if query else ""))

        return shown

    return decorate
