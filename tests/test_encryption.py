"""Secrets in the database: encrypted, hidden in every text about them, and readable after a rotation."""

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection

from chatsite import encryption, home
from chatsite.encryption import Secret, UnreadableSecret
from chatsite.providers.models import Provider

CANARY = "sk-canary-7f3a"
ONE, OTHER = home.new_field_key(), home.new_field_key()


@pytest.fixture(autouse=True)
def one_key(settings):
    settings.FIELD_KEYS = [ONE]


@pytest.fixture
def provider(db):
    return Provider.objects.create(
        name="Mine", base_url="http://h/v1", key=CANARY, headers={"X-Token": CANARY}
    )


def columns() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM providers_provider")
        return str(cursor.fetchall())


def test_the_database_never_holds_a_secret_as_text(provider):
    assert CANARY not in columns()
    stored = Provider.objects.get()
    assert (stored.key.reveal(), stored.headers) == (CANARY, {"X-Token": CANARY})


@pytest.mark.parametrize("shown", [repr, str, lambda provider: str(vars(provider)), lambda p: f"{p.key!r}"])
def test_nothing_that_describes_a_provider_shows_its_secrets(provider, shown):
    assert CANARY not in shown(provider)


def test_a_dump_holds_no_secret_and_can_be_loaded(provider):
    dump = serializers.serialize("json", Provider.objects.all())
    assert CANARY not in dump
    Provider.objects.all().delete()
    for loaded in serializers.deserialize("json", dump):
        loaded.save()
    assert Provider.objects.get().key.reveal() == CANARY


def test_the_same_text_is_encrypted_differently_each_time():
    assert Secret.of("x").token != Secret.of("x").token


def test_no_text_is_no_secret(db):
    provider = Provider.objects.create(name="Mine", base_url="http://h/v1")
    assert (bool(provider.key), provider.key.reveal(), provider.headers) == (False, "", {})


@pytest.mark.parametrize("lookup", ["key", "key__startswith", "key__contains", "headers_json__regex"])
def test_a_secret_cannot_be_searched_for(db, lookup):
    with pytest.raises(FieldError):
        Provider.objects.filter(**{lookup: "sk"}).exists()


def test_the_first_key_encrypts_and_all_decrypt(settings):
    old = Secret.of(CANARY)
    settings.FIELD_KEYS = [OTHER, ONE]
    new = Secret.of(CANARY)
    assert old.reveal() == new.reveal() == CANARY
    settings.FIELD_KEYS = [OTHER]
    assert new.reveal() == CANARY
    with pytest.raises(UnreadableSecret):
        old.reveal()


def test_a_key_that_another_process_added_is_found(settings, tmp_path):
    settings.FIELD_KEYS, settings.HOME = [], tmp_path
    encryption._keyring_of_file.cache_clear()
    before = Secret.of(CANARY)
    added = home.new_field_key()
    home.keep_field_keys(tmp_path, [added, *home.field_keys(tmp_path)])
    settings.FIELD_KEYS = [added]
    elsewhere = Secret.of("from elsewhere")
    settings.FIELD_KEYS = []
    assert (before.reveal(), elsewhere.reveal()) == (CANARY, "from elsewhere")
    encryption._keyring_of_file.cache_clear()


def test_a_provider_whose_secrets_cannot_be_decrypted_says_so(provider, settings):
    settings.FIELD_KEYS = [OTHER]
    assert "cannot be decrypted" in Provider.objects.get().why_unusable()
