"""The settings that come from the environment, each with what it does: for the admin's page about them."""

from dataclasses import dataclass
from difflib import get_close_matches

from django.conf import settings

from chatsite import environment

PREFIX = "CHATSITE_"
KEY_PREFIX = "CHATSITE_KEY_"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment. `default`: what holds without it. `shown_in`: what it fixes in the admin."""

    name: str
    meaning: str
    default: str = "none"
    is_secret: bool = False
    shown_in: str = ""


VARIABLES = (
    Variable(
        "CHATSITE_HOME", "The folder of everything that is stored.", default="a folder of the site’s own"
    ),
    Variable("OPENAI_BASE_URL", "The model server.", shown_in="base URL of the provider of that name"),
    Variable(
        "OPENAI_API_KEY", "The key of that server.", is_secret=True, shown_in="API key of that provider"
    ),
    Variable("CHATSITE_CA_FILE", "Further certificate authorities that model servers are trusted by."),
    Variable("CHATSITE_PROXY", "The HTTP proxy through which model servers are asked.", is_secret=True),
    Variable("CHATSITE_HOSTS", "Host names that people use.", default="this machine alone"),
    Variable("CHATSITE_ORIGINS", "Full origins, where a proxy stands in front."),
    Variable("CHATSITE_TRUSTED_PROXIES", "Proxies in front that are believed about who asks."),
    Variable(
        "CHATSITE_SECRET_KEY", "The secret that sessions are signed with.", "the file in the folder", True
    ),
    Variable(
        "CHATSITE_FIELD_KEY",
        "What secrets in the database are encrypted with.",
        "the file in the folder",
        True,
    ),
    Variable(
        "CHATSITE_CONTINUE_INTERRUPTED", "1: answers that a stop interrupted go on after the next start.", "0"
    ),
    Variable(
        "CHATSITE_TITLE_MODEL",
        "The model that titles conversations, or off.",
        "each conversation’s own model",
    ),
    Variable("CHATSITE_SHARE_SIGNED_IN_ONLY", "1: shared links work only for people who are signed in.", "0"),
    Variable("CHATSITE_KEEP_DELETED_DAYS", "For how many days a deleted conversation can be restored.", "30"),
    Variable("DATABASE_URL", "The PostgreSQL database.", "SQLite in the folder", True),
    Variable("REDIS_URL", "The Redis for hints between workers.", is_secret=True),
    Variable("CHATSITE_TIME_ZONE", "The time zone of dates on pages.", "UTC"),
    Variable("CHATSITE_DEBUG", "1: Django’s debug mode.", "0"),
)


@dataclass(frozen=True, slots=True)
class Value:
    """What a variable is now. `text`: never a secret. `is_set`: it comes from the environment."""

    variable: Variable
    text: str
    is_set: bool


def values() -> list[Value]:
    """Return all variables with their values, and those that hold keys of providers."""
    keys = [
        Variable(name, "A key that providers can name instead of storing one.", is_secret=True)
        for name in settings.PROVIDER_KEYS
    ]
    return [_value(each) for each in (*VARIABLES, *keys)]


def _value(variable: Variable) -> Value:
    written = environment.text(variable.name)
    if not written:
        return Value(variable, variable.default, is_set=False)
    return Value(variable, "set" if variable.is_secret else written, is_set=True)


def unknown() -> list[tuple[str, str]]:
    """Return the site's variables that mean nothing, each with the one that is probably meant; empty for no idea."""
    known = [each.name for each in VARIABLES]
    names = [
        name for name in environment.names(PREFIX) if name not in known and not name.startswith(KEY_PREFIX)
    ]
    return [(name, next(iter(get_close_matches(name, known, 1, 0.8)), "")) for name in names]
