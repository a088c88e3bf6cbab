"""Secrets in the database, encrypted with keys that are kept outside of it."""

from functools import cache
from typing import Any, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from chatsite import home


class UnreadableSecret(ValueError):
    """A secret was encrypted with a key that this site does not have."""

    def __init__(self) -> None:
        super().__init__("The stored secret cannot be decrypted: it was encrypted with another field key.")


class Secret:
    """A text that is encrypted in memory, too, so that no log and no error page can show it. Empty is false."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        """`token`: the encrypted text, or "" for no secret."""
        self.token = token

    @classmethod
    def of(cls, text: str) -> Self:
        """Encrypt a text."""
        return cls(_reread_keyring().encrypt(text.encode()).decode() if text else "")

    def reveal(self) -> str:
        """Return the text. Raises UnreadableSecret."""
        return _decrypted(self.token) if self.token else ""

    def renewed(self) -> Self:
        """Return it encrypted with the first key. Raises UnreadableSecret."""
        return self.of(self.reveal())

    def __bool__(self) -> bool:
        return bool(self.token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return "Secret(•••)" if self.token else "Secret()"

    __str__ = __repr__


class _Attribute(DeferredAttribute):
    """Encrypts a text at once when it is assigned."""

    def __set__(self, instance: models.Model, value: str | Secret) -> None:
        instance.__dict__[self.field.attname] = value if isinstance(value, Secret) else Secret.of(value)


class SecretField(models.TextField):
    """Stores a Secret. It cannot be searched for: the same text is encrypted differently each time."""

    descriptor_class = _Attribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"blank": True, "default": "", "editable": False} | kwargs)

    def from_db_value(self, value: str, *_: Any) -> Secret:
        return Secret(value)

    def get_prep_value(self, value: str | Secret) -> str:
        return value.token if isinstance(value, Secret) else Secret.of(value).token

    def value_to_string(self, instance: models.Model) -> str:
        token: str = self.value_from_object(instance).token
        return token

    def to_python(self, value: str | Secret) -> Secret:
        """A text is a token here: so dumps of the database can be loaded."""
        return value if isinstance(value, Secret) else Secret(value)

    def get_lookup(self, lookup_name: str) -> None:
        """No lookups: an encrypted value cannot be compared."""


def _decrypted(token: str) -> str:
    for keyring in (_keyring(), _reread_keyring()):
        try:
            return keyring.decrypt(token.encode()).decode()
        except InvalidToken:
            continue
    raise UnreadableSecret


def _keyring() -> MultiFernet:
    return _fernets(settings.FIELD_KEYS) if settings.FIELD_KEYS else _keyring_of_file()


def _reread_keyring() -> MultiFernet:
    """Another process may have added a key."""
    _keyring_of_file.cache_clear()
    return _keyring()


@cache
def _keyring_of_file() -> MultiFernet:
    return _fernets(home.field_keys(settings.HOME))


def _fernets(keys: list[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
