"""What this machine knows of private networks: its way out, and where names lead."""

import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from pathlib import Path

from chatsite.completions.networks import is_local, is_loopback

ROUTES = Path("/proc/net/route")
LOOKUP_SECONDS = 2
# A lookup that hangs keeps its thread: these are all that can hang at the same time.
_LOOKUPS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="lookup")


def gateways() -> list[str]:
    """Return the IPv4 addresses by which this machine, or its container, reaches others; none but on Linux."""
    try:
        return gateways_of(ROUTES.read_text())
    except OSError:
        return []


def gateways_of(table: str) -> list[str]:
    """Return the gateways of the default routes in Linux's table, which has addresses as hexadecimal numbers."""
    rows = [line.split() for line in table.splitlines()[1:]]
    defaults = {row[2] for row in rows if len(row) > 7 and row[1] == row[7] == "00000000"}
    found = (IPv4Address(bytes.fromhex(each)[::-1]) for each in sorted(defaults) if int(each, 16))
    return [str(each) for each in found]


def leads_inside(name: str) -> bool:
    """Whether a host's name leads to an address of a private network, as far as this machine knows within a moment."""
    try:
        found = _LOOKUPS.submit(socket.getaddrinfo, name, None).result(LOOKUP_SECONDS)
    except (OSError, UnicodeError, TimeoutError):
        return False
    addresses = {str(address[0]) for *_, address in found}
    return any(is_local(each) and not is_loopback(each) for each in addresses)
