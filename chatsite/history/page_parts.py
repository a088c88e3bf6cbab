"""Parts of pages, which scripts load."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.vary import vary_on_headers

# Browsers name this type when they open a page. Scripts accept anything.
PAGE = "text/html"


def part_of(page: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a view that shows a part of a page. A person who opens its address is redirected to the whole page.

    page: the page's name in URLs. It takes the same arguments and query as the part.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @vary_on_headers("Accept")
        @wraps(view)
        def shown(request: Any, **names: Any) -> Any:
            if PAGE not in request.headers.get("Accept", ""):
                return view(request, **names)
            query = request.GET.urlencode()
            return redirect(reverse(page, kwargs=names) + (f"?{query}" if query else ""))

        return shown

    return decorate
