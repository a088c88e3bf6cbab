"""The link of the first visit: where it is shown, and to whom."""

import os
import stat
import subprocess
import sys

from tests.harness.waiting import wait_for
from tests.operations.processes import ROOT, environment, link_in, served


def test_the_sign_in_link_is_printed_with_the_sites_own_origin_and_kept_from_other_users(tmp_path):
    with served(tmp_path, CHATSITE_ORIGINS="https://chat.example,https://other.example") as (_, lines, _):
        (line,) = [line for line in lines if line.startswith("Sign in once")]
        assert ": https://chat.example/accounts/link/" in line
        assert line.endswith(link_in(tmp_path))
        assert stat.S_IMODE((tmp_path / "sign_in_link").stat().st_mode) == 0o600


def test_a_sign_in_link_that_cannot_be_written_keeps_the_site_from_nothing(tmp_path):
    (tmp_path / "sign_in_link").mkdir()
    with served(tmp_path) as (_, lines, _):
        assert [line for line in lines if line.startswith("The sign-in link could not be written to")]
        assert [line for line in lines if line.startswith("Sign in once")]


def test_the_sign_in_link_is_kept_out_of_the_journal(tmp_path):
    """systemd names the journal by the device and inode of the output."""
    log = tmp_path / "journal"
    with log.open("w") as journal:
        named = os.fstat(journal.fileno())
        env = environment(tmp_path / "var", JOURNAL_STREAM=f"{named.st_dev}:{named.st_ino}")
        serve = [sys.executable, "manage.py", "serve", "127.0.0.1:0"]
        process = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=journal)
    try:
        wait_for(lambda: "Ready at" in log.read_text(), "It did not start")
        assert "/accounts/link/" not in log.read_text()
        assert f"by the link in {tmp_path / 'var' / 'sign_in_link'}" in log.read_text()
        assert "/accounts/link/" in link_in(tmp_path / "var")
    finally:
        process.terminate()
        process.wait(10)
