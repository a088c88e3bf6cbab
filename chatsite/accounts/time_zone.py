"""The time zone of dates on pages: the one that the browser names in a cookie, else the site's."""

from inspect import iscoroutinefunction
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

COOKIE = "timezone"


@sync_and_async_middleware
def browser_time_zone(get_response):
    """Middleware. static/js/theme.js sets the cookie before the first paint of each page."""

    def middleware(request):
        with timezone.override(_zone(request)):
            return get_response(request)

    async def async_middleware(request):
        with timezone.override(_zone(request)):
            return await get_response(request)

    return async_middleware if iscoroutinefunction(get_response) else middleware


def _zone(request) -> ZoneInfo | None:
    """Return the cookie's time zone; None, which means the site's, where there is no cookie or no such time zone."""
    try:
        return ZoneInfo(request.COOKIES[COOKIE])
    except (LookupError, ValueError, OSError):  # a cookie may hold anything
        return None
