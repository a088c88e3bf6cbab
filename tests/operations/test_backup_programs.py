"""PostgreSQL's own programs, which back its databases up."""

import dj_database_url
import pytest
from django.db import connection, connections

from chatsite.operations.backups import postgresql
from chatsite.operations.backups.errors import BackupError


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HOME, settings.FIELD_KEYS = tmp_path / "home", []
    settings.HOME.mkdir(mode=0o700)
    return settings.HOME


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_program_that_is_missing_or_old_is_named(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        postgresql.copy(tmp_path / "dump")
    program(tmp_path, "echo pg_dump '(PostgreSQL)' 9.6.1")
    with pytest.raises(BackupError, match="pg_dump 9 is older than the server, PostgreSQL"):
        postgresql.copy(tmp_path / "dump")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_argument_of_a_program_holds_the_password(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    said = 'echo "pg_dump: error: no space left" >&2; exit 1'
    program(
        tmp_path, f'[ "$1" = --version ] && echo 99 && exit; echo "$@" $PGPASSWORD > {tmp_path}/args; {said}'
    )
    url = {**connection.settings_dict, "PASSWORD": "can ary", "OPTIONS": {"sslmode": "prefer"}}
    monkeypatch.setattr(connections["default"], "settings_dict", url)
    with pytest.raises(BackupError, match="pg_dump failed: no space left."):
        postgresql.copy(tmp_path / "dump")
    arguments, password, *_ = (tmp_path / "args").read_text().partition("can ary")
    assert password and "sslmode='prefer'" in arguments and "canary" not in arguments


def program(folder, script: str) -> None:
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


def test_the_address_of_a_server_is_read_from_the_settings():
    config = dj_database_url.parse("postgres://ann:secret@db.example:5433/chat?sslmode=require")
    assert config["PASSWORD"] == "secret"
    assert postgresql._address(config) == (
        "dbname='chat' user='ann' host='db.example' port='5433' connect_timeout='10' sslmode='require'"
    )
