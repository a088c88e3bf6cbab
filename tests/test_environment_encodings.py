"""Settings that are not text in UTF-8."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite import environment, servers
from tests.test_environment import value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (environment.base_url, "http://ollama/v1\udcff"),
        (environment.flag, "1\udcff"),
        (environment.proxy, "http://me:secret\udcff@proxy:3128"),
        (environment.networks, "10.0.0.1\udcff"),
    ],
)
def test_a_setting_in_another_encoding_is_said_and_not_repeated(monkeypatch, read, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must be text in UTF-8") as caught:
        value(monkeypatch, read, text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda name: servers.database(name, {}), "postgres://me:p\udcff@host/name"),
        (servers.layers, "redis://h\udcff"),
    ],
)
def test_a_server_in_another_encoding_is_said(monkeypatch, read, text):
    with pytest.raises(ImproperlyConfigured, match="CHATSITE_TEST must be text in UTF-8"):
        value(monkeypatch, read, text)


def test_a_folder_may_have_a_name_in_any_encoding(monkeypatch, tmp_path):
    folder = f"{tmp_path}/caf\udce9"
    assert str(value(monkeypatch, lambda name: environment.home(name, tmp_path), folder)) == folder
