"""Django's settings, and the one place that reads the environment."""

import contextlib
import importlib.util
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str) -> bool:
    """An environment variable that is on or off; anything else stops the start."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "0", "false", "no", "off"}:
        return False
    if value in {"1", "true", "yes", "on"}:
        return True
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def words(name: str) -> list[str]:
    """An environment variable that is a list, divided by commas."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def url(name: str) -> str:
    """An environment variable that is an http(s) address, or empty."""
    value = os.environ.get(name, "").strip()
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if value and not usable:
        raise ImproperlyConfigured(
            f"{name} must be an address such as http://127.0.0.1:11434/v1, not {value!r}."
        )
    return value


def origins(name: str) -> list[str]:
    """An environment variable that lists full origins: scheme, host and port, nothing behind."""
    for origin in words(name):
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            raise ImproperlyConfigured(
                f"{name} must list origins such as https://chat.example, not {origin!r}."
            )
    return words(name)


def home() -> Path:
    """The folder of everything that this site stores, made when it is not there yet."""
    folder = Path(os.environ.get("CHATSITE_HOME") or BASE_DIR / "var").expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"The folder {folder} cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"The folder {folder} cannot be written to.")
    return folder


def make_key(path: Path) -> None:
    """Write a new key, whole and private from the start; of two processes at once the first one's stays."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file, contextlib.suppress(FileExistsError):
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.link(file.name, path)


def secret_key(folder: Path) -> str:
    """The key kept in `folder`, made on the first start and readable by its owner alone."""
    path = folder / "secret_key"
    try:
        if not path.exists():
            make_key(path)
    except OSError as error:
        raise ImproperlyConfigured(f"The file {path} cannot be written: {error.strerror}.") from error
    key = path.read_text().strip()
    if len(key) < 40:
        raise ImproperlyConfigured(f"The file {path} holds no usable key. Delete it, and a new one is made.")
    return key


def database(folder: Path) -> dict:
    """A SQLite file in `folder`, or what DATABASE_URL names."""
    address = os.environ.get("DATABASE_URL", "").strip()
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "chatsite.sqlite3",
            "OPTIONS": {
                # A transaction that reads and then writes fails at once under a deferred lock, whatever the timeout.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if not address.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL must be an address such as postgres://user:password@host/name."
        )
    needs("psycopg_pool", "DATABASE_URL")
    try:
        config = dj_database_url.parse(address)
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL is not an address: {error}") from error
    # Requests run in threads of their own, so connections are kept by a pool and not by threads.
    # One that the database has ended is noticed before it is used. The pool's pauses between tries to connect double
    # for as long as a try lasts, so each is given up early, and the next request begins a new one.
    pool = {"min_size": 2, "max_size": 12, "timeout": 4, "reconnect_timeout": 2}
    config |= {"CONN_HEALTH_CHECKS": True, "OPTIONS": {**config.get("OPTIONS", {}), "pool": pool}}
    return config


def layers() -> dict:
    """The channel layer that REDIS_URL names. It carries hints between processes; one process needs none."""
    address = os.environ.get("REDIS_URL", "").strip()
    if not address:
        return {}
    if not address.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must be an address such as redis://127.0.0.1:6379/0.")
    needs("channels_redis", "REDIS_URL")
    host = {"address": address, "socket_timeout": 30, "socket_connect_timeout": 5}
    return {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}
    }


def needs(package: str, setting: str) -> None:
    """Stop the start when a setting needs what is not installed."""
    if importlib.util.find_spec(package) is None:
        raise ImproperlyConfigured(f"{setting} needs more packages: pip install '.[scale]'.")


HOME = home()
DEBUG = flag("CHATSITE_DEBUG")
SECRET_KEY = os.environ.get("CHATSITE_SECRET_KEY") or secret_key(HOME)

# The names that people reach the site by; full origins imply their hosts.
CSRF_TRUSTED_ORIGINS = origins("CHATSITE_ORIGINS")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *words("CHATSITE_HOSTS"),
    *(urlsplit(origin).hostname for origin in CSRF_TRUSTED_ORIGINS),
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS) and all(
    origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS
)

# Go on with answers that a stop of the site interrupted, once each, after the next start.
CONTINUE_INTERRUPTED = flag("CHATSITE_CONTINUE_INTERRUPTED")

# The model server named by the environment; empty means: look for one, else the demo model.
OPENAI_BASE_URL = url("OPENAI_BASE_URL")
OPENAI_API_KEY = os.environ.get("OPENAI_API_KEY", "").strip()
OLLAMA_BASE_URL = "http://127.0.0.1:11434/v1"

INSTALLED_APPS = [
    "chatsite.operations",
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "servestatic",
    "chatsite.accounts",
    "chatsite.providers",
    "chatsite.prompts",
    "chatsite.conversations",
    "chatsite.benchmarks",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    # It pads what it compresses by a random length, so that lengths give no secret away.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS = layers()

LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "conversations:new"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "chatsite.operations.static.HashedStaticFilesStorage"},
}
SERVESTATIC_USE_FINDERS = True

LANGUAGE_CODE = "en"
TIME_ZONE = os.environ.get("CHATSITE_TIME_ZONE") or "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},
        # Rejected host names are a visitor's mistake, not the site's.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
