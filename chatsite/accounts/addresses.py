"""Where a request comes from, seen past the proxies that the settings name."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

# Bits of an IPv6 address that tell one connection to the internet from another.
IPV6_PREFIX = 64


def client_address(request) -> str:
    """The nearest address that is no proxy of ours. What stands before it in X-Forwarded-For anybody can write."""
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [
        hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()
    ]
    while forwarded and _is_proxy(address):
        address = forwarded.pop()
    return _connection(address)


def _is_proxy(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def _connection(address: str) -> str:
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed or address)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
