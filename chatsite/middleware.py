"""Django's middleware on the event loop. Django runs each in a thread, twice a request, which costs more than its work.
Where one may block the loop, it still runs in the thread."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from asgiref.sync import sync_to_async
from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from chatsite.accounts.signed_in import user_of

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# They take a millisecond or two.
MAX_BYTES_COMPRESSED_ON_LOOP = 64 * 1024
# The statuses of Django's debug pages, which have scripts and styles within them.
DEBUG_PAGES = (404, 500)


class _OnLoop:
    """What takes the place of `MiddlewareMixin.__acall__`."""

    get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]

    async def __acall__(self: Any, request: HttpRequest) -> HttpResponseBase:
        response = self.process_request(request) if hasattr(self, "process_request") else None
        response = response or await self.get_response(request)
        if not hasattr(self, "process_response"):
            return response
        if self.may_block(request, response):
            return await sync_to_async(self.process_response)(request, response)
        return self.process_response(request, response)

    def may_block(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        """Return whether the response may need the database, or much processor time."""
        return False


class Security(_OnLoop, SecurityMiddleware):
    pass


class Compression(_OnLoop, GZipMiddleware):
    def may_block(self, request: HttpRequest, response: Any) -> bool:
        return not response.streaming and len(response.content) > MAX_BYTES_COMPRESSED_ON_LOOP


class ContentSecurityPolicy(_OnLoop, MiddlewareMixin):
    """django-csp's own middleware builds the policy for each response. Here it is always the same."""

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        if not (settings.DEBUG and response.status_code in DEBUG_PAGES):
            response.setdefault(POLICY, _policy())
        return response


@cache
def _policy() -> str:
    return build_policy()


class Common(_OnLoop, CommonMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Django's response to a wrong method is an empty page, as for somebody who loads a form's address again."""
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html")
        return super().process_response(request, response)


class Authentication(_OnLoop, AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        others: Any = request.user
        request.user = SimpleLazyObject(lambda: user_of(request.session) or others)


class FrameOptions(_OnLoop, XFrameOptionsMiddleware):
    pass


class Sessions(_OnLoop, SessionMiddleware):
    def may_block(self, request: HttpRequest, response: HttpResponseBase) -> bool:
        return request.session.modified


class Messages(_OnLoop, MessageMiddleware):
    """Messages that were shown or added are taken from the session, or put there."""

    def may_block(self, request: Any, response: HttpResponseBase) -> bool:
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
