"""Django's middleware on the event loop. Django runs each in a thread, twice a request, which costs more than its work.
Where one may query the database, it still runs in the thread."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.functional import SimpleLazyObject

from chatsite.accounts.signed_in import user_of

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class _OnLoop:
    """What takes the place of `MiddlewareMixin.__acall__`."""

    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]

    async def __acall__(self: Any, request: HttpRequest) -> HttpResponseBase:
        response = self.process_request(request) if hasattr(self, "process_request") else None
        response = response or await self.get_response(request)
        if not hasattr(self, "process_response"):
            return response
        if self.may_query(request):
            return await sync_to_async(self.process_response)(request, response)
        return self.process_response(request, response)

    def may_query(self, request: HttpRequest) -> bool:
        """Return whether the response may need the database."""
        return False


class Security(_OnLoop, SecurityMiddleware):
    pass


class ContentSecurityPolicy(_OnLoop, CSPMiddleware):
    pass


class Common(_OnLoop, CommonMiddleware):
    pass


class Authentication(_OnLoop, AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        others: Any = request.user
        request.user = SimpleLazyObject(lambda: user_of(request.session) or others)


class FrameOptions(_OnLoop, XFrameOptionsMiddleware):
    pass


class Sessions(_OnLoop, SessionMiddleware):
    def may_query(self, request: HttpRequest) -> bool:
        return request.session.modified


class Messages(_OnLoop, MessageMiddleware):
    """Messages that were shown or added are taken from the session, or put there."""

    def may_query(self, request: Any) -> bool:
        return request._messages.used or request._messages.added_new


class Csrf(_OnLoop, CsrfViewMiddleware):
    async def process_view(self, request: HttpRequest, *view: Any) -> Any:  # type: ignore[override]
        """Reads a form to its end, and its refusal is a page."""
        check = super().process_view
        return (
            check(request, *view)
            if request.method in SAFE_METHODS
            else await sync_to_async(check)(request, *view)
        )
