"""Networks: which hosts are of a private one, and which words of a text are addresses in it."""

import ipaddress
import re
from urllib.parse import urlsplit

_PRIVATE_LABELS = frozenset(
    {"local", "localhost", "localdomain", "internal", "intranet", "lan", "corp", "home"}
    | {"svc", "cluster", "private", "invalid", "test"}
)
# The first label of names under which servers keep their help and their settings.
_PUBLIC_LABELS = frozenset(
    {"www", "docs", "help", "support", "platform", "console", "status", "community", "dashboard"}
)
_ENDINGS = frozenset(
    {"com", "net", "org", "io", "ai", "dev", "app", "cloud", "info", "sh", "so"}
    | {"ru", "de", "cn", "eu", "fr", "uk", "us", "co", "jp", "in"}
)
_HOST = re.compile(r"(?:[\w-]+\.)*[\w-]+\.?", re.ASCII)
_HOST_AND_PORT = re.compile(
    r"(?=[\w.-]*[a-z])(?![\w.-]*(?:token|length|context|limit|size|line))[\w.-]+:\d{4,5}(?:/.*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_FILE = re.compile(r"(?:^|[=:])/(?:home|root|usr|var|tmp|opt|srv|etc|mnt|app|data)/\S")
_NO_SCHEME = re.compile(r"[^A-Za-z0-9+.-]")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def is_local(host: str) -> bool:
    """Whether a host is on this machine or its own network: an address of one, a name without a dot, or one
    that only such a network gives."""
    host = host.strip("[]").rstrip(".").lower()
    if (address := _ip(host)) is not None:
        return address.is_private or address.is_loopback or address.is_link_local
    labels = host.split(".")
    return len(labels) == 1 or not _PRIVATE_LABELS.isdisjoint(labels)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    host = host.strip("[]").rstrip(".").lower()
    address = _ip(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def is_private_address(word: str) -> bool:
    """Return whether a word of a text is an address that users must not see: of a machine, a mailbox or a file.
    Addresses of public pages may be shown."""
    if "://" in word:
        return not _is_public_page(word)
    if _MAIL.fullmatch(word) or _FILE.search(word) or _HOST_AND_PORT.fullmatch(word):
        return True
    host, _, _ = word.rpartition("=")[2].partition("/")
    return _is_ip_and_port(host) or _is_private_name(host.partition(":")[0])


def _is_public_page(url: str) -> bool:
    before, _, rest = url.partition("://")
    try:
        parts = urlsplit(f"{_NO_SCHEME.split(before)[-1]}://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or port is not None or parts.scheme not in ("http", "https"):
        return False
    return not is_local(host) and _ip(host) is None


def _is_ip_and_port(host: str) -> bool:
    bare, bracket, _ = host.strip("[").partition("]")
    return _ip(bare) is not None or (not bracket and _ip(host.rpartition(":")[0]) is not None)


def _is_private_name(host: str) -> bool:
    if host == "localhost":
        return True
    labels = host.lower().split(".")
    if len(labels) < 2 or not _HOST.fullmatch(host):
        return False
    if labels[-1] in _PRIVATE_LABELS:
        return True
    return labels[-1] in _ENDINGS and len(labels) > 2 and labels[0] not in _PUBLIC_LABELS


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
