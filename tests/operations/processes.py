"""`manage.py` as a process of its own: started, served, refused, ended."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

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
        preexec_fn=hear_the_keyboard,
        **pipes,
    )


def hear_the_keyboard() -> None:
    """What a shell starts in the background ignores it, and passes that on."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


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
    """What a site still says when a signal ends it. One that does not end prints where its threads are."""
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
