"""Checks of how the doctor's page is visited: address, who seems to visit, and when."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from chatsite.chat.origins import is_ours
from chatsite.client_address import is_trusted, nearest_address, normal_address
from chatsite.completions.networks import is_local
from chatsite.operations.doctor.findings import Finding, Line, note, problem
from chatsite.operations.doctor.private_networks import gateways, leads_inside

MAX_DRIFT_SECONDS = 30
START_AGAIN = "Then start the site again."
HOST_LINES = [Line("nginx", "server", "proxy_set_header Host $http_host;")]
SCHEME_LINES = [Line("nginx", "server", "proxy_set_header X-Forwarded-Proto $scheme;")]
CLIENT_LINES = [Line("nginx", "server", "proxy_set_header X-Forwarded-For $remote_addr;")]


@dataclass(frozen=True, slots=True)
class Visit:
    """What the browser and the server each know of the same request. origin: scheme, host and port in the browser's
    address bar. peer: who connects to this process, which is a proxy if there is one. client: who asks it.
    milliseconds: by the browser's clock."""

    origin: str
    host: str
    scheme: str
    peer: str
    client: str
    is_forwarded: bool
    milliseconds: float
    at: float

    @classmethod
    def of(cls, request: Any, origin: str, milliseconds: float) -> "Visit":
        headers = request.headers
        return cls(
            origin=origin,
            host=request.get_host(),
            scheme=headers.get("X-Forwarded-Proto", ""),
            peer=normal_address(request.META.get("REMOTE_ADDR", "")),
            client=nearest_address(request),
            is_forwarded=bool(headers.get("X-Forwarded-For", "").strip(" ,")),
            milliseconds=milliseconds,
            at=time.time(),
        )

    @property
    def is_known(self) -> bool:
        """Whether the site takes sockets and forms from pages at this address."""
        return is_ours(self.origin, self.host)

    @property
    def is_https(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def name(self) -> str:
        """The host in the address bar, without its port."""
        return urlsplit(self.origin).hostname or ""


def address(visit: Visit) -> Finding:
    """Check that the site knows the address in the browser, and that the proxy sends it."""
    if not visit.is_known:
        return _unknown_address(visit)
    if urlsplit(visit.origin).netloc != visit.host:
        return note(
            f"Requests arrive for the host {visit.host}, but your browser is at {visit.origin}: the site’s links lead "
            "to the wrong one.",
            "Let the proxy send the browser’s Host header, as Caddy and Traefik do.",
            HOST_LINES,
        )
    if visit.is_https and visit.scheme != "https":
        return note(
            f"Your browser is at {visit.origin}, but the proxy does not send that you use https: the site’s links "
            "begin with http.",
            "Let it send X-Forwarded-Proto, as Caddy and Traefik do.",
            SCHEME_LINES,
        )
    return Finding(f"The site knows the address in your browser, {visit.origin}.")


def _unknown_address(visit: Visit) -> Finding:
    origins = ",".join([*settings.CSRF_TRUSTED_ORIGINS, visit.origin])
    lines = [] if urlsplit(visit.origin).netloc == visit.host else HOST_LINES
    seen = f" Requests arrive for the host {visit.host}." if lines else ""
    return problem(
        f"The site does not know the address in your browser, {visit.origin}, and refuses sockets and forms from "
        f"there.{seen}",
        f"Set CHATSITE_ORIGINS={origins} where the site is started. {START_AGAIN}",
        lines,
    )


def client(
    visit: Visit,
    leads_inside: Callable[[str], bool] = leads_inside,
    gateways: Callable[[], list[str]] = gateways,
) -> Finding:
    """Check that attempts to sign in are counted by the client's address, and not by the proxy's.

    leads_inside: returns whether a name resolves to a private network. gateways: returns this machine's gateways.
    """
    if visit.is_forwarded and not is_trusted(visit.peer):
        return note(
            f"All people seem to come from {visit.peer}: its X-Forwarded-For does not count.",
            f"If it is your proxy, set CHATSITE_TRUSTED_PROXIES={_proxies(visit.peer)} where the site is started. "
            f"{START_AGAIN}",
        )
    if not visit.is_forwarded:
        return _direct(visit)
    if is_local(visit.client) and not is_local(visit.name):
        if visit.client in gateways():
            return _behind_gateway(visit)
        if not leads_inside(visit.name):
            return _from_inside(visit)
    return Finding(f"The proxy sends the client’s address: yours is {visit.client}.")


def _direct(visit: Visit) -> Finding:
    if visit.is_https or (is_local(visit.peer) and not is_local(visit.name)):
        return note(
            f"The proxy at {visit.peer} does not send the client’s address, so all people seem to come from its own.",
            "Let it send X-Forwarded-For, as Caddy and Traefik do, and set "
            f"CHATSITE_TRUSTED_PROXIES={_proxies(visit.peer)} where the site is started. {START_AGAIN}",
            CLIENT_LINES,
        )
    return Finding(f"The site sees your address: {visit.client}.")


def _behind_gateway(visit: Visit) -> Finding:
    """Docker's own proxy, or a router that replaces the client's address by its own."""
    return note(
        f"You seem to come from {visit.client}, which is this machine’s gateway: all people may seem to come from "
        "there.",
        "If a proxy runs there, let it send X-Forwarded-For, and set "
        f"CHATSITE_TRUSTED_PROXIES={_proxies(visit.client)} where the site is started. {START_AGAIN} If it is "
        "Docker’s, give your proxy the network of the host (network_mode: host), so that it sees clients’ addresses.",
    )


def _from_inside(visit: Visit) -> Finding:
    """A private address is unlikely for a client where the site's name leads to a public address."""
    return note(
        f"You seem to come from {visit.client}, an address of a private network.",
        "If it is not your own, it is that of another proxy, such as Docker’s: let that one send X-Forwarded-For, "
        f"and set CHATSITE_TRUSTED_PROXIES={_proxies(visit.client)} where the site is started. {START_AGAIN}",
    )


def _proxies(address: str) -> str:
    """Return the setting with one more proxy in it."""
    known = [str(each).removesuffix("/32").removesuffix("/128") for each in settings.TRUSTED_PROXIES]
    return ",".join([*known, *([] if address in known else [address])])


def clock(visit: Visit) -> Finding:
    """Compare the browser's clock. The request takes far less time than the allowed difference."""
    drift = visit.milliseconds / 1000 - visit.at
    if abs(drift) <= MAX_DRIFT_SECONDS:
        return Finding("The clocks of your browser and the server agree.")
    direction = "ahead of" if drift > 0 else "behind"
    return problem(
        f"Your browser’s clock is {abs(drift):,.0f} s {direction} the server’s.", "Let NTP set both clocks."
    )
