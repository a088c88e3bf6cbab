"""Backups are restored into an empty folder and an empty database only."""

import os
import tarfile
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from chatsite.operations.backups import archive, restoring
from tests.harness.databases import used
from tests.operations.backups.sites import empty_site


def test_a_folder_that_is_not_empty_is_not_restored_into(made, folder):
    (folder / "chatsite.sqlite3").write_text("precious")
    with pytest.raises(CommandError, match="is not empty: it holds chatsite.sqlite3"):
        call_command("restore", str(made.path))
    assert (folder / "chatsite.sqlite3").read_text() == "precious"


def test_a_folder_that_cannot_be_read_is_not_restored_into(made, settings, tmp_path):
    settings.HOME = tmp_path / "file"
    settings.HOME.write_text("no folder")
    with pytest.raises(CommandError, match="file cannot be used: "):
        call_command("restore", str(made.path))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_is_not_empty_is_not_restored_into(made, settings, tmp_path):
    settings.HOME = tmp_path / "other"
    settings.HOME.mkdir()
    with pytest.raises(CommandError, match="has tables. Restore into an empty one"):
        call_command("restore", str(made.path))
    assert list(settings.HOME.iterdir()) == []


def test_a_damaged_backup_is_not_restored(made, settings, tmp_path):
    whole = made.path.read_bytes()
    with empty_site(settings, tmp_path):
        for damaged in (whole[: len(whole) // 2], whole[:-30], b"", b"nothing of the kind" * 100):
            (tmp_path / "damaged.tar.gz").write_bytes(damaged)
            with pytest.raises(CommandError, match="is not a backup of this site, or it is damaged"):
                call_command("restore", str(tmp_path / "damaged.tar.gz"))
            assert list(settings.HOME.iterdir()) == []


def test_a_backup_of_the_other_kind_of_database_is_not_restored(db, settings, tmp_path):
    (tmp_path / "database.dump").write_bytes(b"PGDMP")
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as file:
        file.add(tmp_path / "database.dump", "database.dump")
    with pytest.raises(CommandError, match="Name an empty one in DATABASE_URL"):
        call_command("restore", str(tmp_path / "x.tar.gz"))


def test_keys_are_in_the_folder_before_the_database_and_not_without_it(made, settings, tmp_path):
    (tmp_path / "work").mkdir()
    archive.unpack(made.path, "secret_key", tmp_path / "work" / "secret_key")
    with (
        empty_site(settings, tmp_path),
        pytest.raises(ZeroDivisionError),
        restoring._keys_first(tmp_path / "work", settings.HOME, ["secret_key"]),
    ):
        assert (settings.HOME / "secret_key").exists()
        raise ZeroDivisionError
    assert not list(settings.HOME.iterdir())


def test_what_a_killed_restore_left_is_deleted_by_the_next_one(made, settings, tmp_path):
    with empty_site(settings, tmp_path):
        left = settings.HOME / f"{restoring.WORK_PREFIX}left"
        left.mkdir()
        os.utime(left, times=(0, 0))
        assert restoring.restore(made.path) == 3
        assert not left.exists()


@pytest.fixture
def future(database):
    """The database was changed by a newer version."""
    recorder = MigrationRecorder(connection)
    recorder.record_applied("usage", "9999_future")
    yield
    recorder.record_unapplied("usage", "9999_future")


def test_who_restores_a_backup_is_told_how_to_start(made, settings, tmp_path, capsys):
    restored_by_command(made, settings, tmp_path)
    assert "Start the site with: manage.py serve" in capsys.readouterr().out


def test_who_restores_a_backup_of_a_newer_version_is_told_to_install_that(
    future, made, settings, tmp_path, capsys
):
    restored_by_command(made, settings, tmp_path)
    said = capsys.readouterr().out
    assert "A newer version has changed the database: usage.9999_future. Install that version" in said
    assert "Start the site" not in said


def restored_by_command(made, settings, tmp_path) -> None:
    with empty_site(settings, tmp_path), opened_here(settings):
        call_command("restore", str(made.path))


@contextmanager
def opened_here(settings):
    """With SQLite, the database of the folder is the one that is restored."""
    if connection.vendor != "sqlite":
        yield
        return
    other = connection.copy()
    other.settings_dict = {**connection.settings_dict, "NAME": str(settings.HOME / "chatsite.sqlite3")}
    with used(other):
        yield
