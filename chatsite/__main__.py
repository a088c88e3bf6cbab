"""The command line of `manage.py`, `chatsite` and `python -m chatsite`: `serve`, and Django's own commands."""

import importlib.util
import io
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from chatsite import home
from chatsite.versions import versions

HELP = {"help", "-h", "--help"}


def main() -> None:
    _open_standard_streams()
    _write_everything()
    if sys.argv[1:] in (["version"], ["--version"]):
        sys.stdout.write(f"{versions()}\n")
        return
    try:
        _choose_settings()
        if not _asks_for_help(sys.argv[1:]):
            home.prepare(settings.HOME)
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


def _open_standard_streams() -> None:
    """Open those that were closed: what is opened next would have their numbers, and receive what is printed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def _choose_settings() -> None:
    """Choose this site's settings where the environment names none."""
    name = os.environ.get("DJANGO_SETTINGS_MODULE") or "chatsite.settings"
    os.environ["DJANGO_SETTINGS_MODULE"] = name
    if not _is_there(name):
        raise ImproperlyConfigured(
            f"DJANGO_SETTINGS_MODULE names {name}, which is not installed here. Unset it: this site has its own."
        )


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # of a package that is not there; of a name that is none
        return False


def _write_everything() -> None:
    """Let no sentence end a command where the terminal's encoding lacks a letter, such as one of a folder's name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _asks_for_help(arguments: list[str]) -> bool:
    return not arguments or arguments[0] in HELP or not {"-h", "--help"}.isdisjoint(arguments)


if __name__ == "__main__":
    main()
