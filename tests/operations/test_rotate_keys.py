"""`rotate_keys`: every secret is encrypted with the new key, and none is lost."""

import pytest
from django.core.management import CommandError, call_command

from chatsite import encryption, home
from chatsite.providers.models import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FIELD_KEYS, settings.HOME = [], tmp_path
    encryption._keyring_of_file.cache_clear()
    yield tmp_path
    encryption._keyring_of_file.cache_clear()


@pytest.fixture
def provider():
    return Provider.objects.create(name="Mine", base_url="http://h/v1", key="sk-one", headers={"X-A": "b"})


def test_a_rotation_encrypts_everything_with_a_new_key_and_keeps_the_old_one(folder, provider):
    before = home.field_keys(folder)
    call_command("rotate_keys")
    after = home.field_keys(folder)
    assert after[1:] == before and after[0] not in before
    stored = Provider.objects.get()
    assert stored.key.token != provider.key.token
    assert (stored.key.reveal(), stored.headers) == ("sk-one", {"X-A": "b"})


def test_old_keys_can_be_dropped(folder, provider):
    call_command("rotate_keys", "--drop-old")
    assert len(home.field_keys(folder)) == 1
    encryption._keyring_of_file.cache_clear()
    assert Provider.objects.get().key.reveal() == "sk-one"


def test_what_cannot_be_decrypted_is_named_and_no_key_is_dropped(folder, provider, settings):
    settings.FIELD_KEYS = [home.new_field_key()]
    Provider.objects.create(name="Strange", base_url="http://h/v1", key="sk-two")
    settings.FIELD_KEYS = []
    with pytest.raises(CommandError, match=r"Strange \(key\)"):
        call_command("rotate_keys", "--drop-old")
    assert len(home.field_keys(folder)) == 2
    assert Provider.objects.get(name="Mine").key.reveal() == "sk-one"


def test_the_environments_keys_are_rotated_there(provider, settings, folder):
    new, (old,) = home.new_field_key(), home.field_keys(folder)
    settings.FIELD_KEYS = [new, old]
    with pytest.raises(CommandError, match="CHATSITE_FIELD_KEY"):
        call_command("rotate_keys", "--drop-old")
    call_command("rotate_keys")
    settings.FIELD_KEYS = [new]
    assert Provider.objects.get().key.reveal() == "sk-one"
