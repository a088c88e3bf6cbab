"""The values in the lines for a proxy in front of the site: the name that people use, and where this worker listens."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings

from chatsite.environment import host_of

EXAMPLE = "chat.example"


def values(request: Any) -> dict[str, str]:
    """Return what the lines for proxies are filled in with, as this request has come."""
    server, port = request.META["SERVER_NAME"], request.META["SERVER_PORT"]
    backend = f"[{server}]:{port}" if ":" in server else f"{server}:{port}"
    return {"host": _name(request), "backend": backend, "proxy": server}


def _name(request: Any) -> str:
    """Return the site's own name, or the one that the browser used; an address gets no certificate."""
    name = host_of((settings.CSRF_TRUSTED_ORIGINS or [f"//{request.get_host()}"])[0])
    return EXAMPLE if name == "localhost" or _is_address(name.strip("[]")) else name


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
