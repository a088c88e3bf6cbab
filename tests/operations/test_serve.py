"""`manage.py serve`, as a process of its own."""

import re
import signal
import stat
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.operations.processes import command, ended, link_in, refused, served


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


def test_a_folder_whose_name_the_terminal_cannot_write_is_served(tmp_path):
    with served(tmp_path / "größe 日本", PYTHONIOENCODING="ascii") as (_, lines, _):
        assert any("gr\\xf6\\xdfe \\u65e5" in line for line in lines)


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


def test_debugging_is_served_to_this_machine_alone(tmp_path):
    assert "CHATSITE_DEBUG" in refused(tmp_path, "serve", "0.0.0.0:0", CHATSITE_DEBUG="1")
    with served(tmp_path, CHATSITE_DEBUG="1") as (url, _, _):
        assert urllib.request.urlopen(f"{url}/accounts/login/").status == 200


@contextmanager
def hanging_up(handler: signal.Handlers):
    """Processes that are started meanwhile begin with this signal handler, however the tests were started."""
    before = signal.signal(signal.SIGHUP, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_closed_terminal_ends_it_as_sigterm_does(home):
    with hanging_up(signal.SIG_DFL), served(home, PYTHONFAULTHANDLER="1") as (_, _, process):
        assert ended(process, signal.SIGHUP) == ""


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_that_would_end_a_process_at_once_ends_it_as_sigterm_does(home, number):
    with served(home, PYTHONFAULTHANDLER="1") as (_, _, process):
        assert ended(process, number) == ""


def test_nohup_keeps_it_from_ending_with_the_terminal(home):
    with hanging_up(signal.SIG_IGN), served(home) as (url, _, process):
        process.send_signal(signal.SIGHUP)
        assert urllib.request.urlopen(f"{url}/accounts/login/").status == 200


def test_a_short_secret_key_is_warned_of_and_taken(tmp_path):
    with served(tmp_path, CHATSITE_SECRET_KEY="short") as (_, lines, _):
        assert any("CHATSITE_SECRET_KEY can be guessed" in line for line in lines)


def test_help_writes_nothing(tmp_path):
    for args in ([], ["help"], ["help", "serve"], ["serve", "--help"], ["--version"]):
        process = command(tmp_path / "var", *args)
        process.communicate(timeout=60)
        assert process.returncode == 0 and not (tmp_path / "var").exists()


@pytest.mark.parametrize("argument", ["version", "--version"])
def test_the_version_is_the_sites_own(tmp_path, argument):
    said, _ = command(tmp_path, argument).communicate(timeout=60)
    assert re.fullmatch(r"chatsite [\d.]+, Django [\d.]+, Python [\d.]+\n", said)


def test_everything_in_an_open_folder_is_closed_to_others_before_it_is_served(tmp_path):
    tmp_path.chmod(0o755)
    with served(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
        assert not any(path.stat().st_mode & 0o077 for path in tmp_path.iterdir())


def test_django_commands_work_as_ever(tmp_path):
    for args in (
        ["migrate", "-v0"],
        ["check"],
        ["createsuperuser", "--noinput", "--username=root", "--email=r@e.org"],
    ):
        process = command(tmp_path, *args)
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, said
