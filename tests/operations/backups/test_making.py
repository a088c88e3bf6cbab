"""Backups: whole while the site is written to, private, and checked."""

import os
import stat
import tarfile
import threading
import time
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from chatsite import home
from chatsite.audit.models import Event
from chatsite.conversations.models import Conversation
from chatsite.operations.backups import archive, making, restoring
from chatsite.operations.backups.errors import BackupError
from chatsite.operations.backups.work_folders import work_folder
from tests.harness.databases import connect, used
from tests.operations.backups.sites import empty_site, restored_texts

OLD = "backup-2026-01-0{}-030000.tar.gz"


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_backup_is_one_private_file_with_the_database_and_the_keys(made, folder):
    assert str(made).endswith("checked by opening it: 3 conversations")
    assert set(archive.names(made.path)) == {"secret_key", "field_key", archive.database().NAME}
    assert mode(made.path) == 0o600 and mode(made.path.parent) == 0o700
    with tarfile.open(made.path) as file:
        assert {entry.mode for entry in file} == {0o600}
    assert list(made.path.parent.iterdir()) == [made.path]


def test_a_backup_is_restored_with_every_word_and_key(made, folder, settings, tmp_path):
    keys = home.secret_key(folder), home.field_keys(folder)
    with empty_site(settings, tmp_path):
        assert restoring.restore(made.path) == 3
        assert restored_texts(settings) == ["Thyme", "Sage", "Mint\nand \\. dill"]
    assert (home.secret_key(settings.HOME), home.field_keys(settings.HOME)) == keys
    assert {mode(each) for each in settings.HOME.iterdir()} == {0o600}


def test_a_backup_is_whole_while_the_site_writes(database, folder, settings, tmp_path):
    """Each transaction stores a conversation with its message."""
    alice = User.objects.create_user("alice")
    is_done = threading.Event()
    server = connection.settings_dict

    def write():
        url = f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}/{server['NAME']}"
        writer = connect(url) if database == "postgresql" else connection.copy()
        with used(writer):
            while not is_done.is_set():
                Conversation.objects.create(owner=alice).say(uuid4(), "Hello " * 200, None)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while not Conversation.objects.exists():
            time.sleep(0.01)
        found = [making.make(making.folder() / f"{number}.tar.gz") for number in range(3)]
    finally:
        is_done.set()
        thread.join()
    assert 0 < found[0].conversations <= found[-1].conversations <= Conversation.objects.count()
    with empty_site(settings, tmp_path):
        restoring.restore(found[-1].path)
        assert found[-1].conversations - len(restored_texts(settings)) in (0, 1)


def test_a_backup_replaces_nothing(made):
    before = made.path.read_bytes()
    with pytest.raises(BackupError, match="exists. A backup replaces nothing."):
        making.make(made.path)
    assert made.path.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file_and_an_event(db, settings, tmp_path):
    where = tmp_path / "elsewhere"
    where.mkdir()
    (settings.HOME / "field_key").write_text("no key")
    with pytest.raises(BackupError, match="holds no usable key"):
        making.make(where / "x.tar.gz")
    assert list(where.iterdir()) == []
    event = Event.objects.get()
    assert (event.verb, event.target_name) == ("failed to make a backup", "x.tar.gz")
    assert "holds no usable key" in event.reason


def test_a_mistyped_output_is_no_backup_that_failed(db, folder, tmp_path):
    (tmp_path / "mine.tar.gz").touch()
    for name, said in [("no folder/x.tar.gz", "There is no folder"), ("mine.tar.gz", "replaces nothing")]:
        with pytest.raises(CommandError, match=said):
            call_command("backup", output=str(tmp_path / name))
    assert not Event.objects.exists() and making.last() is None


def test_one_backup_is_made_at_a_time(db, folder):
    with making._alone():
        assert making.is_being_made()
        with pytest.raises(BackupError, match="Another backup is being made"):
            making.make(making.folder() / making.new_name())
    assert not making.is_being_made()


def test_what_a_killed_backup_left_is_deleted_by_the_next_one(db, folder):
    """One that was made a moment ago, or is being made by another site, stays."""
    left, new = (making.folder() / f"{making.WORK_PREFIX}{name}" for name in ("left", "new"))
    for each in (left, new):
        each.mkdir()
        (each / "part.tar.gz").touch()
    an_hour_ago = time.time() - 3600
    os.utime(left, times=(an_hour_ago, an_hour_ago))
    with work_folder(making.folder(), making.WORK_PREFIX) as others:
        os.utime(others, times=(an_hour_ago, an_hour_ago))
        made = making.make(making.folder() / making.new_name())
        assert set(making.folder().iterdir()) == {made.path, new, others}
    assert not others.exists()


def test_a_backup_that_would_fill_the_disk_is_not_begun(tmp_path):
    making.check_room(tmp_path, 1500, 1000)
    making.check_room(tmp_path, 0, 0)
    with pytest.raises(
        BackupError, match="There is not enough room in .*: a backup takes up to 1.5\xa0KB for a while"
    ):
        making.check_room(tmp_path, 1535, 1024)


def test_the_size_of_the_database_is_known_with_sqlite_alone(database, folder):
    assert (archive.database().size() > 0) == (database == "sqlite")


def test_a_backup_says_which_keys_it_does_not_hold(db, folder, settings, monkeypatch, capsys):
    for name, key in {"CHATSITE_SECRET_KEY": "s" * 40, "CHATSITE_FIELD_KEY": home.new_field_key()}.items():
        monkeypatch.setenv(name, key)
    call_command("backup")
    (path,) = making.folder().iterdir()
    assert archive.names(path) == ["chatsite.sqlite3"]
    said = capsys.readouterr().out
    assert said.count("is set in the environment and not in it") == 2
    assert restoring.missing_keys(path) == []
    monkeypatch.delenv("CHATSITE_FIELD_KEY")
    assert restoring.missing_keys(path) == ["field_key"]


def test_the_command_names_the_file_and_deletes_older_ones(db, folder, capsys):
    where = making.folder()
    for day in (1, 2, 3):
        (where / OLD.format(day)).touch()
    (where / "mine.tar.gz").touch()
    call_command("backup", keep=2)
    said = capsys.readouterr().out
    assert "checked by opening it: 0 conversations." in said and "2 older backups deleted." in said
    assert {each.name for each in where.iterdir()} > {"mine.tar.gz", OLD.format(3)}
    assert len(list(where.iterdir())) == 3


def test_the_command_writes_elsewhere(db, tmp_path, capsys):
    call_command("backup", output=str(tmp_path / "mine.tar.gz"))
    assert archive.check(tmp_path / "mine.tar.gz", tmp_path) == 0
    with pytest.raises(CommandError, match="--keep needs a folder of backups, and there is no folder"):
        call_command("backup", output=str(tmp_path / "other.tar.gz"), keep=2)
    with pytest.raises(CommandError, match="There is no folder .*such"):
        call_command("backup", output=str(tmp_path / "no" / "such" / "x.tar.gz"))
