"""The environment variables that configure this site. Reading them writes nothing; a bad value raises one sentence."""

import os
import ssl
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

from chatsite.completions.addresses import checked_base_url
from chatsite.completions.request import checked_key
from chatsite.home import is_field_key
from chatsite.host_names import DEFAULT_PORTS, bracketed, http_parts, normal_host

# Characters of a model's name, as they are stored.
MAX_MODEL_CHARACTERS = 200
MAX_DAYS = 36_500


def text(name: str) -> str:
    """Return an environment variable without the blanks around it; empty when it is not set."""
    value = path(name)
    if not _is_text(value):
        raise ImproperlyConfigured(f"{name} must be text in UTF-8.")
    return value


def path(name: str) -> str:
    """Return an environment variable that may name a file in any bytes, without the blanks around it."""
    return os.environ.get(name, "").strip()


def names(prefix: str) -> list[str]:
    """Return the variables that begin so and are set."""
    return [name for name in sorted(os.environ) if name.startswith(prefix) and text(name)]


def for_program(**more: str) -> dict[str, str]:
    """Return the environment that another program is started with: this one's, with some variables more."""
    return {**os.environ, **more}


def flag(name: str) -> bool:
    """Return an environment variable that is on or off. Raises ImproperlyConfigured for anything else."""
    value = text(name).lower()
    if value in {"", "0", "false", "no", "off"}:
        return False
    if value in {"1", "true", "yes", "on"}:
        return True
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def days(name: str, default: int) -> int:
    """Return an environment variable that is a number of days. Raises ImproperlyConfigured for anything else."""
    value = text(name) or str(default)
    if not value.isascii() or not value.isdecimal() or int(value[:9]) > MAX_DAYS:
        raise ImproperlyConfigured(f"{name} must be a number of days from 0 to {MAX_DAYS:,}, not {value!r}.")
    return int(value)


def words(name: str) -> list[str]:
    """Return an environment variable that is a list, divided by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def secret(name: str) -> str:
    """Return the secret that sessions are signed with, or empty. The sentence does not repeat it."""
    value = path(name)
    if not _is_text(value):
        raise ImproperlyConfigured(f"{name} must be a random text, in UTF-8.")
    return value


def field_keys(name: str) -> list[str]:
    """Return the keys that secrets in the database are encrypted with; empty when it is not set."""
    keys = words(name)
    if not all(map(is_field_key, keys)):
        raise ImproperlyConfigured(
            f"{name} must be keys of 32 random bytes in URL-safe base64, divided by commas; the first encrypts. "
            "`head -c 32 /dev/urandom | basenc --base64url` makes one."
        )
    return keys


def provider_keys(prefix: str) -> dict[str, str]:
    """Return the variables that begin with `prefix`: keys of model servers, by the name of their variable."""
    return {name: api_key(name) for name in names(prefix)}


def _is_text(value: str) -> bool:
    """Return whether the environment's bytes were UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def base_url(name: str) -> str:
    """Return an environment variable that is a model server's base URL, or empty."""
    value = text(name)
    try:
        return value and checked_base_url(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} cannot be used. {error}") from error


def api_key(name: str) -> str:
    """Return an environment variable that is a model server's key, or empty."""
    try:
        return checked_key(text(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} cannot be used. {error}") from error


def model(name: str) -> str:
    """Return an environment variable that is a model's name or `off`; empty when it is not set."""
    value = text(name)
    if len(value) > MAX_MODEL_CHARACTERS or not value.isprintable():
        raise ImproperlyConfigured(
            f"{name} must be the name of a model, of {MAX_MODEL_CHARACTERS} characters at most, or off."
        )
    return "off" if value.lower() in {"off", "0", "none", "no", "false"} else value


def proxy(name: str) -> str:
    """Return the address of an HTTP proxy, or empty. It may hold a password, so the sentence does not repeat it."""
    value = text(name)
    parts = http_parts(value)
    if value and (not parts or parts.path.strip("/") or parts.query or parts.fragment):
        raise ImproperlyConfigured(f"{name} must be an address such as http://proxy.example:3128.")
    return value


def hosts(name: str) -> list[str]:
    """Return host names as browsers send them: lower case, without a port."""
    return [_host(name, word) for word in words(name)]


def origins(name: str) -> list[str]:
    """Return full origins as browsers send them: scheme, host, and a port other than the scheme's own."""
    return [_origin(name, word) for word in words(name)]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return addresses and networks."""
    try:
        return [ip_network(word, strict=False) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must list addresses or networks such as 127.0.0.1 or 172.18.0.0/16: {error}."
        ) from error


def host_of(origin: str) -> str:
    """Return the host of an origin, as a Host header names it."""
    return bracketed(urlsplit(origin).hostname or "")


def certificates(name: str) -> str:
    """Return the path of a file of certificate authorities in PEM form, or empty."""
    file = path(name)
    try:
        if file:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except ssl.SSLError as error:
        raise ImproperlyConfigured(f"{name}: the file {file} holds no certificates in PEM form.") from error
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: the file {file} cannot be read: {error.strerror}.") from error
    return file


def time_zone(name: str) -> str:
    """Return a time zone that this machine knows; UTC when none is set."""
    value = text(name) or "UTC"
    try:
        ZoneInfo(value)
    except (LookupError, OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Berlin, not {value!r}."
        ) from error
    return value


def home(name: str, default: Path) -> Path:
    """Return the folder of everything that is stored. It is not made here."""
    try:
        folder = Path(path(name) or default).expanduser().resolve()
        # Since Python 3.13 `resolve` passes over a loop of links.
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            folder.stat()
    except (RuntimeError, OSError) as error:
        raise ImproperlyConfigured(f"{name} must name a folder: {error}") from error
    return folder


def data_home() -> Path:
    """Return the folder of an installed site's data, by the XDG base directory specification."""
    return Path(path("XDG_DATA_HOME") or "~/.local/share") / "chatsite"


def _host(name: str, word: str) -> str:
    host = normal_host(word)
    if not host and word != "*":
        raise ImproperlyConfigured(
            f"{name} must list host names such as chat.example, without scheme, port, slash or blank, not {word!r}."
        )
    return host or word


def _origin(name: str, word: str) -> str:
    parts = http_parts(word)
    if not parts or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ImproperlyConfigured(f"{name} must list origins such as https://chat.example, not {word!r}.")
    host = normal_host(str(parts.hostname))
    if host.startswith("."):
        raise ImproperlyConfigured(f"{name} must list each origin in full, not {word!r}.")
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
