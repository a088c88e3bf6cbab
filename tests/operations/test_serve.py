"""`manage.py serve`, as a process of its own."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.harness.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]


def environment(home: Path, **env: str) -> dict[str, str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "CHATSITE_"))
    }
    return clean | {"CHATSITE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "chatsite.settings"} | env


def command(home: Path, *args: str, **env: str) -> subprocess.Popen:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=environment(home, **env),
        preexec_fn=hear_ctrl_c,
        **pipes,
    )


def hear_ctrl_c() -> None:
    """What a shell starts in the background is told not to, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def served(home: Path, **env: str):
    """A site on a free port: its address, its lines so far, and its process."""
    process = command(home, "serve", "127.0.0.1:0", **env)
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            if found := re.match(r"Ready at (\S+)", line):
                break
        else:
            raise AssertionError("\n".join(lines))
        yield found[1], lines, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def ended(process, by: signal.Signals) -> str:
    """What a site still says when a signal ends it. One that goes on tells where its threads are."""
    process.send_signal(by)
    try:
        assert process.wait(30) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        raise AssertionError(process.stdout.read()) from None
    return process.stdout.read()


def refused(home: Path, *args: str, **env: str) -> str:
    """What a start that fails says; it must end with code 2 and one sentence."""
    process = command(home, *args, **env)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert len(said.strip().splitlines()) == 1, said
    return said


def link_in(home: Path) -> str:
    return (home / "sign_in_link").read_text().strip()


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("home") / "var"


def test_a_first_start_makes_everything_and_a_second_keeps_it(home):
    with served(home) as (url, lines, _):
        link = link_in(home)
        assert any("demo" in line.lower() for line in lines)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert "data-conversation" in opener.open(link).read().decode()
    key = (home / "secret_key").read_text()
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    with served(home) as (url, lines, _):
        assert opener.open(link.replace(link.split("/accounts")[0], url)).status == 200
    assert (home / "secret_key").read_text() == key


def test_of_two_that_start_at_once_in_an_empty_folder_each_serves(tmp_path):
    with ThreadPoolExecutor() as pool, ExitStack() as sites:
        starting = [pool.submit(sites.enter_context, served(tmp_path / "var")) for _ in range(2)]
        for url, _, _ in [start.result() for start in starting]:
            assert urllib.request.urlopen(f"{url}/accounts/login/").status == 200


def test_static_files_come_under_hashed_names_for_good_from_the_first_start_on(tmp_path):
    with served(tmp_path) as (url, _, _):
        login = urllib.request.urlopen(f"{url}/accounts/login/").read().decode()
        (css, *_) = re.findall(r'href="(/static/css/[^"]+\.css)"', login)
        assert re.search(r"\.[0-9a-f]{12}\.css$", css)
        assert "immutable" in urllib.request.urlopen(url + css).headers["Cache-Control"]


def test_ctrl_c_ends_it_quietly_and_soon(home):
    with served(home, PYTHONFAULTHANDLER="1") as (_, _, process):
        assert ended(process, signal.SIGINT) == ""


def test_another_host_name_is_refused(home):
    with served(home) as (url, _, _):
        request = urllib.request.Request(url, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(request)


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
    ],
)
def test_a_bad_setting_is_said_in_one_sentence(tmp_path, name, value):
    assert name in refused(tmp_path, "serve", "127.0.0.1:0", **{name: value})


def test_a_broken_database_is_said_in_one_sentence(tmp_path):
    (tmp_path / "chatsite.sqlite3").write_text("this is no database at all, whatever its name says\n" * 50)
    assert "database" in refused(tmp_path, "serve", "127.0.0.1:0")


def test_a_database_server_that_is_down_is_said_in_one_sentence(tmp_path):
    address = "postgres://me:secret@127.0.0.1:1/none"
    said = refused(tmp_path, "serve", "127.0.0.1:0", DATABASE_URL=address)
    assert "The database cannot be used" in said and "refused" in said and "secret" not in said


def test_debugging_is_served_to_this_machine_alone(tmp_path):
    assert "CHATSITE_DEBUG" in refused(tmp_path, "serve", "0.0.0.0:0", CHATSITE_DEBUG="1")
    with served(tmp_path, CHATSITE_DEBUG="1") as (url, _, _):
        assert urllib.request.urlopen(f"{url}/accounts/login/").status == 200


@contextmanager
def hanging_up(handler: signal.Handlers):
    """What is started meanwhile begins with this handler, whatever these tests were started by."""
    before = signal.signal(signal.SIGHUP, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_closed_terminal_ends_it_as_sigterm_does(home):
    with hanging_up(signal.SIG_DFL), served(home, PYTHONFAULTHANDLER="1") as (_, _, process):
        assert ended(process, signal.SIGHUP) == ""


def test_nohup_keeps_it_from_ending_with_the_terminal(home):
    with hanging_up(signal.SIG_IGN), served(home) as (url, _, process):
        process.send_signal(signal.SIGHUP)
        assert urllib.request.urlopen(f"{url}/accounts/login/").status == 200


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


def test_a_short_secret_key_is_warned_of_and_taken(tmp_path):
    with served(tmp_path, CHATSITE_SECRET_KEY="short") as (_, lines, _):
        assert any("CHATSITE_SECRET_KEY can be guessed" in line for line in lines)


def test_help_writes_nothing(tmp_path):
    for args in ([], ["help"], ["help", "serve"], ["serve", "--help"], ["--version"]):
        process = command(tmp_path / "var", *args)
        process.communicate(timeout=60)
        assert process.returncode == 0 and not (tmp_path / "var").exists()


def test_everything_in_an_open_folder_is_closed_to_others_before_it_is_served(tmp_path):
    tmp_path.chmod(0o755)
    with served(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
        assert not any(path.stat().st_mode & 0o077 for path in tmp_path.iterdir())


def test_a_key_of_another_user_is_said_in_one_sentence(tmp_path):
    (tmp_path / "secret_key").mkdir()
    assert "secret_key" in refused(tmp_path, "serve", "127.0.0.1:0")


def test_django_commands_work_as_ever(tmp_path):
    for args in (
        ["migrate", "-v0"],
        ["check"],
        ["createsuperuser", "--noinput", "--username=root", "--email=r@e.org"],
    ):
        process = command(tmp_path, *args)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
