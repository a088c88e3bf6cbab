"""Host names and http(s) addresses, as browsers send them."""

import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

# A host name, or the end of one: `.chat.example` stands for all names under chat.example, too.
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"\.?{LABEL}(?:\.{LABEL})*")
DEFAULT_PORTS = {"http": 80, "https": 443}


def http_parts(address: str) -> SplitResult | None:
    """Return the parts of an http(s) address; None when it is invalid."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in DEFAULT_PORTS and parts.port != 0 and normal_host(parts.hostname or "")
    except ValueError:
        return None
    return parts if usable and not any(map(str.isspace, address)) else None


def normal_host(word: str) -> str:
    """Return a host as browsers send it; empty when it is invalid."""
    host = bracketed(_ascii(word).lower().removesuffix("."))
    if host.startswith("["):
        return host if _is_ipv6(host.strip("[]")) else ""
    return host if HOST.fullmatch(host) else ""


def _is_ipv6(address: str) -> bool:
    try:
        return not IPv6Address(address).scope_id
    except ValueError:
        return False


def _ascii(host: str) -> str:
    """Return a name in other alphabets as browsers send it; empty when it is invalid."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""


def bracketed(host: str) -> str:
    """Put an IPv6 address in brackets, as it is written where a port may follow."""
    return f"[{host}]" if host.count(":") > 1 and host[0] != "[" else host
