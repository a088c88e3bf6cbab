"""The address that a request comes from, behind the proxies that CHATSITE_TRUSTED_PROXIES names."""

import logging
import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

from chatsite.log_once import Seen

logger = logging.getLogger(__name__)

# Bits of an IPv6 address that identify one connection to the internet.
IPV6_PREFIX = 64
MAX_WARNED_PEERS = 100
_warned = Seen(MAX_WARNED_PEERS)
WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([\d.]+):\d+")


def client_address(request: Any) -> str:
    """Return the address by which a request is counted: the client's, or the network of an IPv6 address."""
    return _connection(nearest_address(request))


def nearest_address(request: Any) -> str:
    """Return the nearest address that is not a trusted proxy. Anybody can write what X-Forwarded-For has before it."""
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [
        hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()
    ]
    # A visitor may have sent a part that is not an address: then the proxy's own address counts.
    while forwarded and is_trusted(address) and _parsed(hop := forwarded.pop()):
        address = hop
    if forwarded and not settings.TRUSTED_PROXIES and _warned.is_new(address):
        _warn(address)
    return normal_address(address)


def _warn(address: str) -> None:
    """Warn once for each peer. Behind a proxy that is not trusted, all people share one address and its attempts."""
    logger.warning(
        "%s sent X-Forwarded-For, which does not count. If it is your proxy, name it in CHATSITE_TRUSTED_PROXIES.",
        address,
    )


def is_trusted(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def _connection(address: str) -> str:
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed or address)


def normal_address(address: str) -> str:
    """Return an address as others write it, without a port; a text that is not an address as it is."""
    return str(_parsed(address) or address)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """Return the address without the port that some proxies add; None if it is not an address."""
    with_port = WITH_PORT.fullmatch(address)
    try:
        parsed = ip_address(with_port[1] or with_port[2] if with_port else address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
