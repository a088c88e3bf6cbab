"""What `manage.py serve` says where it cannot start."""

import socket

import pytest

from tests.operations.processes import refused


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "another program listens there" in refused(tmp_path, "serve", f"127.0.0.1:{port}")


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:http", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_said_in_one_sentence(tmp_path, address):
    assert "is not an address" in refused(tmp_path, "serve", address)


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "cannot be made" in refused(tmp_path / "file" / "var", "serve", "127.0.0.1:0")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", "localhost"),
        ("CHATSITE_DEBUG", "maybe"),
        ("CHATSITE_ORIGINS", "chat.example"),
        ("CHATSITE_HOSTS", "chat.example:8000"),
        ("CHATSITE_TIME_ZONE", "Mars/X"),
        ("CHATSITE_CA_FILE", "/nowhere/ca.pem"),
        ("CHATSITE_PROXY", "socks5://proxy"),
        ("CHATSITE_TRUSTED_PROXIES", "nginx"),
        ("DATABASE_URL", "postgres://me:p@ss/w@host/name"),
        ("DATABASE_URL", "postgres://me@host:port/name"),
        ("DJANGO_SETTINGS_MODULE", "another.settings"),
        ("DJANGO_SETTINGS_MODULE", "no module"),
    ],
)
def test_a_bad_setting_is_said_in_one_sentence(tmp_path, name, value):
    assert name in refused(tmp_path, "serve", "127.0.0.1:0", **{name: value})


def test_a_broken_database_is_said_in_one_sentence(tmp_path):
    (tmp_path / "chatsite.sqlite3").write_text("this is not a database at all, whatever its name says\n" * 50)
    assert "database" in refused(tmp_path, "serve", "127.0.0.1:0")


def test_a_database_server_that_is_down_is_said_in_one_sentence(tmp_path):
    address = "postgres://me:secret@127.0.0.1:1/none"
    said = refused(tmp_path, "serve", "127.0.0.1:0", DATABASE_URL=address)
    assert "The database cannot be used" in said and "refused" in said and "secret" not in said


def test_a_key_of_another_user_is_said_in_one_sentence(tmp_path):
    (tmp_path / "secret_key").mkdir()
    assert "secret_key" in refused(tmp_path, "serve", "127.0.0.1:0")
