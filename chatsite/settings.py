"""Django's settings: those from the environment, and those that are the same everywhere."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.functional import SimpleLazyObject

from chatsite import environment, servers
from chatsite.home import secret_key
from chatsite.limits import BODY

PACKAGE = Path(__file__).resolve().parent
# An installed package holds the templates and static files; in a checkout they are beside it.
IS_INSTALLED = (PACKAGE / "templates").is_dir()
BASE_DIR = PACKAGE if IS_INSTALLED else PACKAGE.parent

HOME = environment.home(
    "CHATSITE_HOME", default=environment.data_home() if IS_INSTALLED else BASE_DIR / "var"
)
DEBUG = environment.flag("CHATSITE_DEBUG")
DEFAULT_EXCEPTION_REPORTER_FILTER = "chatsite.errors.SecretsHidden"
# Read when it is first needed: a command such as `help` needs none, and writes none.
SECRET_KEY = environment.secret("CHATSITE_SECRET_KEY") or SimpleLazyObject(lambda: secret_key(HOME))
# What secrets in the database are encrypted with; empty means the file in the folder.
FIELD_KEYS = environment.field_keys("CHATSITE_FIELD_KEY")

# The host names of the site; full origins imply theirs.
CSRF_TRUSTED_ORIGINS = environment.origins("CHATSITE_ORIGINS")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *environment.hosts("CHATSITE_HOSTS"),
    *map(environment.host_of, CSRF_TRUSTED_ORIGINS),
]
# Proxies that are trusted to report where a request comes from.
TRUSTED_PROXIES = environment.networks("CHATSITE_TRUSTED_PROXIES")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS) and all(
    origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS
)
# A proxy ends TLS. It says so, and links to the site's own pages begin with https.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
# Other sites on this host have cookies, too. With TLS, a browser accepts these from this very host only.
COOKIE_PREFIX = "__Host-chatsite" if SESSION_COOKIE_SECURE else "chatsite"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}-session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}-csrf"
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}-device"
CHECK_COOKIE_NAME = f"{COOKIE_PREFIX}-check"

# Continue answers that a stop of the site interrupted, once each, after the next start.
CONTINUE_INTERRUPTED = environment.flag("CHATSITE_CONTINUE_INTERRUPTED")

# The model that titles conversations after their first answer: empty for each one's own, or `off`.
TITLE_MODEL = environment.model("CHATSITE_TITLE_MODEL")

# Share conversations only with people who are signed in, also if their owners choose everybody.
SHARE_SIGNED_IN_ONLY = environment.flag("CHATSITE_SHARE_SIGNED_IN_ONLY")

# Days for which a deleted conversation can be restored.
KEEP_DELETED_DAYS = environment.days("CHATSITE_KEEP_DELETED_DAYS", default=30)

# The model server; empty means to look for Ollama, else to use the demo model.
OPENAI_BASE_URL = environment.base_url("OPENAI_BASE_URL")
OPENAI_API_KEY = environment.api_key("OPENAI_API_KEY")
# Keys that providers in the admin may name instead of storing one.
PROVIDER_KEYS = environment.provider_keys("CHATSITE_KEY_")
OLLAMA_BASE_URL = "http://127.0.0.1:11434/v1"
# For connections to model servers: a file of further certificate authorities, and a proxy; empty means none.
CA_FILE = environment.certificates("CHATSITE_CA_FILE")
PROXY = environment.proxy("CHATSITE_PROXY")

INSTALLED_APPS = [
    "chatsite.operations",
    "daphne",
    "chatsite.operations.admin_config.OwnAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "servestatic",
    "chatsite.audit",
    "chatsite.accounts",
    "chatsite.providers",
    "chatsite.prompts",
    "chatsite.usage",
    "chatsite.banners",
    "chatsite.conversations",
    "chatsite.history",
    "chatsite.tryouts",
    "chatsite.people",
]

MIDDLEWARE = [
    "chatsite.headers.response_headers",
    "chatsite.middleware.Security",
    "servestatic.middleware.ServeStaticMiddleware",
    # It pads what it compresses by a random length, so that lengths reveal no secret.
    "chatsite.middleware.Compression",
    "chatsite.middleware.ContentSecurityPolicy",
    "chatsite.middleware.Sessions",
    "chatsite.middleware.Common",
    "chatsite.middleware.Csrf",
    "chatsite.middleware.Authentication",
    "chatsite.middleware.Messages",
    "chatsite.accounts.time_zone.browser_time_zone",
    "chatsite.middleware.FrameOptions",
    "chatsite.chat.sign_outs.end_signed_out_pages",
]

CSRF_FAILURE_VIEW = "chatsite.accounts.csrf.failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY.size

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
                "chatsite.protocol.numbers",
                "chatsite.banners.views.banners",
            ],
            "builtins": ["chatsite.cached_urls"],
        },
    },
]

SQLITE = {
    "ENGINE": "chatsite.sqlite",
    "NAME": HOME / "chatsite.sqlite3",
    "OPTIONS": {
        # With a deferred lock, a transaction that reads and then writes fails at once and ignores the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
}
DATABASES = {"default": servers.database("DATABASE_URL", default=SQLITE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CHANNEL_LAYERS = servers.layers("REDIS_URL")

SESSION_ENGINE = "chatsite.accounts.sessions"
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
    "staticfiles": {"BACKEND": "chatsite.operations.static.JoinedStaticFilesStorage"},
}
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_ALLOW_ALL_ORIGINS = False

LANGUAGE_CODE = "en"
# Device and inode of the journal, where systemd connects the output to it.
JOURNAL_STREAM = environment.text("JOURNAL_STREAM")

TIME_ZONE = environment.time_zone("CHATSITE_TIME_ZONE")
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
        # Anybody can send such requests. The pages for them log one line, with what an operator can do.
        "django.security": {"level": "CRITICAL"},
    },
}
