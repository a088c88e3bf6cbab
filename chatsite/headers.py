"""Headers of every response, pages and static files alike."""

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.utils.decorators import sync_and_async_middleware

# No page of ours uses these, and nothing that comes into a page may.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
        "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb",
    )
)  # fmt: skip
# Browsers read these of a page alone; on each of its files they would make the page a tenth larger.
PAGE_HEADERS = {
    "Permissions-Policy": PERMISSIONS,
    # Names of hosts in links would be looked up before anybody follows them.
    "X-DNS-Prefetch-Control": "off",
}
HEADERS = {
    # A shared computer or a proxy keeps no conversation. Static files say otherwise themselves.
    "Cache-Control": "no-store",
}
# Pages have a policy of their own; a file that is opened by itself may load nothing. Django's debug pages need theirs.
FILE_POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
HSTS_SECONDS = 365 * 24 * 3600
# The proxy in front ends TLS, so a request does not tell; the origins do. Over http browsers ignore this header.
TLS_HEADERS = {"Strict-Transport-Security": f"max-age={HSTS_SECONDS}"}


@sync_and_async_middleware
def response_headers(get_response):
    """Add what a response does not say itself."""
    if not iscoroutinefunction(get_response):
        return lambda request: _completed(get_response(request))

    async def middleware(request):
        return _completed(await get_response(request))

    return middleware


def _completed(response):
    policy = {} if settings.DEBUG else FILE_POLICY
    page = PAGE_HEADERS if response.get("Content-Type", "").startswith("text/html") else {}
    tls = TLS_HEADERS if settings.SESSION_COOKIE_SECURE else {}
    for name, value in (HEADERS | page | policy | tls).items():
        response.setdefault(name, value)
    return response
