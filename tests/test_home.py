"""The folder of everything that is stored is for the user who runs the site alone."""

import errno
import os
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite import home


@pytest.fixture(autouse=True)
def umask():
    """`prepare` sets the umask of the whole process; the next test gets its own back."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_private_and_so_is_what_is_written_later(tmp_path):
    home.prepare(tmp_path / "parent" / "var")
    (tmp_path / "parent" / "var" / "file").write_text("mine")
    assert mode(tmp_path / "parent" / "var") == 0o700
    assert mode(tmp_path / "parent" / "var" / "file") == 0o600


def test_an_empty_folder_that_somebody_else_made_becomes_private(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    home.prepare(folder)
    assert mode(folder) == 0o700


def test_a_site_that_others_could_read_becomes_private_with_all_its_files(tmp_path):
    tmp_path.chmod(0o755)
    files = [tmp_path / f"chatsite.sqlite3{end}" for end in ("", "-wal", "-shm")]
    for file in files:
        file.write_text("conversations")
        file.chmod(0o644)
    home.prepare(tmp_path)
    assert mode(tmp_path) == 0o700
    assert {mode(file) for file in files} == {0o600}


def test_a_folder_of_other_things_is_refused_and_stays_as_it_was(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "holiday.jpg").write_text("for all")
    with pytest.raises(ImproperlyConfigured, match="holds other things"):
        home.prepare(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_link_that_leads_nowhere_or_round_in_circles_is_left_alone(tmp_path):
    for name in ("nowhere", "loop"):
        (tmp_path / name).symlink_to(name.removeprefix("no"))
    tmp_path.chmod(0o700)
    home.prepare(tmp_path)
    assert (tmp_path / "loop").is_symlink()


def test_a_private_folder_of_other_things_may_be_the_home(tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "holiday.jpg").write_text("mine")
    home.prepare(tmp_path)


def test_the_key_is_made_once(tmp_path):
    key = home.secret_key(tmp_path)
    assert len(key) >= 40 and home.secret_key(tmp_path) == key
    assert mode(tmp_path / "secret_key") == 0o600


@pytest.mark.parametrize("written", [b"", b"short", b"\xff" * 50])
def test_a_key_that_is_none_is_said_in_a_sentence(tmp_path, written):
    (tmp_path / "secret_key").write_bytes(written)
    with pytest.raises(ImproperlyConfigured, match="no usable key"):
        home.secret_key(tmp_path)


def test_a_key_that_cannot_be_read_is_said_in_a_sentence(tmp_path):
    (tmp_path / "secret_key").mkdir()
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        home.secret_key(tmp_path)


def test_a_file_of_a_read_only_system_is_said_in_a_sentence(tmp_path, monkeypatch):
    for name in ("secret_key", "sign_in_link"):
        (tmp_path / name).write_text("kept")
        (tmp_path / name).chmod(0o644)

    def refuse(path, *_, **__):
        raise OSError(errno.EROFS, "Read-only file system", path)

    monkeypatch.setattr(os, "chmod", refuse)
    with pytest.raises(ImproperlyConfigured, match="cannot be changed: Read-only file system"):
        home.prepare(tmp_path)
