"""Where a request comes from, seen past the proxies that the settings name."""

import logging
import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

from chatsite.seen import Seen

logger = logging.getLogger(__name__)

# Bits of an IPv6 address that tell one connection to the internet from another.
IPV6_PREFIX = 64
MAX_WARNED_PEERS = 100
_warned = Seen(MAX_WARNED_PEERS)
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")


def client_address(request) -> str:
    """The nearest address that is no proxy of ours. What stands before it in X-Forwarded-For anybody can write."""
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [
        hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()
    ]
    # What a proxy passes on that is no address, a visitor may have written: then the proxy's own counts.
    while forwarded and _is_proxy(address) and _parsed(hop := forwarded.pop()):
        address = hop
    if forwarded and not settings.TRUSTED_PROXIES and _warned.is_new(address):
        _warn(address)
    return _connection(address)


def _warn(address: str) -> None:
    """Once a peer: behind a proxy that is not named, everybody shares its address, and so its attempts to sign in."""
    logger.warning(
        "%s sent X-Forwarded-For, which does not count. If it is your proxy, name it in CHATSITE_TRUSTED_PROXIES.",
        address,
    )


def _is_proxy(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def _connection(address: str) -> str:
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed or address)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address, without the port that some proxies add."""
    with_port = WITH_PORT.fullmatch(address)
    try:
        parsed = ip_address(with_port[1] or with_port[2] if with_port else address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
