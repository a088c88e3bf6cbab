"""Headers of every response: pages and static files."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.utils.decorators import sync_and_async_middleware

# No page uses these, and nothing that is injected into a page may.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
        "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb",
    )
)  # fmt: skip
# Browsers only read these from pages; on every file they would add a tenth to a page's size.
PAGE_HEADERS = {
    "Permissions-Policy": PERMISSIONS,
    # Otherwise browsers look up the hosts of links before anybody follows them.
    "X-DNS-Prefetch-Control": "off",
}
HEADERS = {
    # A shared computer or a proxy must keep no conversation. Static files set their own.
    "Cache-Control": "no-store",
}
# Pages have their own policy; a file that is opened by itself may load nothing. Django's debug pages need theirs.
FILE_POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
HSTS_SECONDS = 365 * 24 * 3600
# A proxy ends TLS, so a request does not show it; the origins do. Over http browsers ignore this header.
TLS_HEADERS = {"Strict-Transport-Security": f"max-age={HSTS_SECONDS}"}


@sync_and_async_middleware
def response_headers(get_response: Any) -> Callable[[Any], Any]:
    """Add the headers that a response does not set itself."""
    if not iscoroutinefunction(get_response):
        return lambda request: _completed(get_response(request))

    async def middleware(request: Any) -> Any:
        return _completed(await get_response(request))

    return middleware


def _completed(response: Any) -> Any:
    policy = {} if settings.DEBUG else FILE_POLICY
    page = PAGE_HEADERS if response.get("Content-Type", "").startswith("text/html") else {}
    tls = TLS_HEADERS if settings.SESSION_COOKIE_SECURE else {}
    for name, value in (HEADERS | page | policy | tls).items():
        response.setdefault(name, value)
    return response
