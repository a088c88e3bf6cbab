"""The servers that the environment names: PostgreSQL, and Redis for hints between workers."""

import importlib.util
import re
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from chatsite.environment import text


def database(name: str, default: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of the PostgreSQL database that the variable names, or else the default."""
    address = text(name)
    if not address:
        return default
    _check_database(name, address)
    needs("psycopg_pool", name)
    try:
        config: dict[str, Any] = {**dj_database_url.parse(address)}
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be an address such as postgres://user:password@host:5432/name; its host or port is wrong."
        ) from error
    if not config.get("NAME"):
        raise ImproperlyConfigured(f"{name} must name a database: postgres://user:password@host/name.")
    # Requests run in threads of their own, so connections are kept by a pool and not by threads.
    # A connection is checked before it is used. While the database is away, the pool waits twice as long after each
    # attempt to connect, so attempts are given up early, and the next request begins again.
    pool = {"min_size": 2, "max_size": 12, "timeout": 4, "reconnect_timeout": 2}
    return config | {"CONN_HEALTH_CHECKS": True, "OPTIONS": {**config.get("OPTIONS", {}), "pool": pool}}


def _check_database(name: str, address: str) -> None:
    """Refuse a `/`, `?` or `#` in a password: it ends the part that holds it, and the rest would name another host."""
    if not address.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must be an address such as postgres://user:password@host/name.")
    parts = re.split("[/?#]", address.partition("://")[2], maxsplit=1)
    if "@" in "".join(parts[1:]):
        raise ImproperlyConfigured(
            f"{name}: write special characters of the password as percent codes, such as %40 for @ and %2F for /."
        )


def layers(name: str) -> dict[str, Any]:
    """Return the channel layer that the variable names. It carries hints between processes; one process needs none."""
    address = text(name)
    if not address:
        return {}
    if not _is_redis(address):
        raise ImproperlyConfigured(f"{name} must be an address such as redis://127.0.0.1:6379/0.")
    needs("channels_redis", name)
    host = {"address": address, "socket_timeout": 30, "socket_connect_timeout": 5}
    return {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}
    }


def _is_redis(address: str) -> bool:
    try:
        parts = urlsplit(address)
        has_number = re.fullmatch(r"/?|/\d+", parts.path) is not None
        is_server = bool(parts.hostname and parts.port != 0 and has_number)
    except ValueError:
        return False
    if parts.scheme == "unix":
        return bool(parts.path)
    return is_server and address.startswith(("redis://", "rediss://"))


def needs(package: str, setting: str) -> None:
    """Raise ImproperlyConfigured when a setting needs a package that is not installed."""
    if importlib.util.find_spec(package) is None:
        raise ImproperlyConfigured(
            f"{setting} needs more packages: pip install '.[scale]', or the same with the wheel's file: "
            "pip install 'chatsite-….whl[scale]'."
        )
