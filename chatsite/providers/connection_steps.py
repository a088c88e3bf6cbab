"""The steps of a connection to a model server: its name, its port, its certificate."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.template.defaultfilters import date

from chatsite.completions.aiohttp_sessions import ssl_context
from chatsite.completions.connection_errors import certificate_sentence
from chatsite.completions.networks import is_loopback
from chatsite.providers.models import Provider

STEP_SECONDS = 5

# By OpenSSL's number for what is wrong with a certificate.
CERTIFICATE_ADVICE = {
    9: "Set the clock of this machine right, or that of the one where the certificate was made.",
    10: "Renew it at the model server, and let the server load the new one. Is the clock of this machine right?",
    18: "Put this certificate into a file, name the file in CHATSITE_CA_FILE, and start the site again.",
    62: "Use the name that the certificate is for in the base URL, or have one made for this name.",
    64: "Use the name that the certificate is for in the base URL, or have one made for this address.",
}
OTHER_CERTIFICATE_ADVICE = (
    "Name a file with the certificate of its authority in CHATSITE_CA_FILE, and start the site again. The server must "
    "also send all certificates between its own and that one."
)


class Step(NamedTuple):
    """One step of the test. `advice`: what to do where it failed."""

    sentence: str
    ok: bool = True
    advice: str = ""


class Failed(Exception):
    """A step failed. Those after it are not tried."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.step = Step(sentence, False, advice)


async def connection_steps(provider: Provider) -> AsyncIterator[Step]:
    """Connect to a server, and yield each step that succeeds. Raises Failed at the first that does not."""
    parts = urlsplit(provider.base_url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    if settings.PROXY and not is_loopback(host):
        yield Step(f"Requests to {host} go through the proxy that CHATSITE_PROXY names.")
        return
    port = parts.port or (443 if is_secure else 80)
    addresses = await _resolved(host, port)
    if host not in addresses:
        yield Step(f"The name {host} leads to {addresses[0]}.")
    await _opened(host, port)
    yield Step(f"Something listens at port {port}.")
    if is_secure:
        yield Step(await _certified(host, port))


async def _resolved(host: str, port: int) -> list[str]:
    try:
        async with asyncio.timeout(STEP_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise Failed(
            f"The name {host} leads to no address.",
            "Look for a typing mistake in the base URL. Can this machine resolve names?",
        ) from error
    return [address[0] for *_, address in found]


async def _opened(host: str, port: int) -> None:
    try:
        async with asyncio.timeout(STEP_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError as error:
        raise Failed(
            f"{host} does not answer at port {port} within {STEP_SECONDS} s.",
            "Is the port right? A firewall may drop the connection.",
        ) from error
    except OSError as error:
        raise Failed(
            f"{host} refuses connections at port {port}.",
            "Is the server running, and is the port right? In a container, 127.0.0.1 is the container itself.",
        ) from error
    await _closed(writer)


async def _certified(host: str, port: int) -> str:
    """Check the certificate as the client does, and return until when it is valid."""
    try:
        context = ssl_context(settings.CA_FILE)
    except ValueError as error:
        raise Failed(str(error), "Correct it where the site is started, and start it again.") from error
    try:
        async with asyncio.timeout(STEP_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        advice = CERTIFICATE_ADVICE.get(error.verify_code, OTHER_CERTIFICATE_ADVICE)
        raise Failed(certificate_sentence(error.verify_code), advice) from error
    except (OSError, TimeoutError) as error:
        raise _no_tls(error) from error
    end = writer.get_extra_info("peercert")["notAfter"]
    await _closed(writer)
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
    return f"The certificate is valid until {date(until, 'j F Y')}."


def _no_tls(error: Exception) -> Failed:
    """Return the failure of a step in which TLS was not agreed on."""
    if isinstance(error, TimeoutError):
        return Failed(
            f"The server does not agree on https within {STEP_SECONDS} s.",
            "Try http:// instead of https://. If the server speaks https, it or something on the way holds it back.",
        )
    if isinstance(error, ssl.SSLError) and "VERSION" in (error.reason or "") and "ALERT" in error.reason:
        return Failed(
            "The server speaks only versions of TLS that are too old, or only ones that are too new.",
            "Let the server offer TLS 1.2 or 1.3.",
        )
    if isinstance(error, ConnectionError):
        return Failed(
            "The server ended the connection before https was agreed on.",
            "Try http:// instead of https://, and look into the server’s log: it may offer no TLS 1.2 or 1.3.",
        )
    return Failed("The server does not speak https there.", "Try http:// instead of https://.")


async def speaks_tls(host: str, port: int) -> bool:
    """Return whether a server speaks TLS at a port. Its certificate is not verified."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(STEP_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, TimeoutError):
        return False
    await _closed(writer)
    return True


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(STEP_SECONDS):
            await writer.wait_closed()
