"""Refuses sockets of other sites' pages: a browser names the page that opens one."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """Denies a socket whose page came from another origin: scheme, host and port.

    For a host that CHATSITE_ORIGINS names, only the origins in it are allowed. For any other host, only the socket's
    own origin is, by plain http. Programs other than browsers send no Origin and are allowed: they send only their own
    cookies.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        allowed = is_ours(headers.get(b"origin"), headers.get(b"host", ""))
        return await (self.application if allowed else WebsocketDenier())(scope, receive, send)


def is_ours(origin: str | None, host: str) -> bool:
    domain, _ = split_domain_port(host)
    if not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    is_named = host in {urlsplit(named).netloc for named in settings.CSRF_TRUSTED_ORIGINS}
    return not is_named and origin == f"http://{host}"
