"""The command line of `manage.py`, `chatsite` and `python -m chatsite`: `serve`, and Django's own commands."""

import io
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from chatsite import home

HELP = {"help", "version", "-h", "--help", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    _write_everything()
    try:
        if not _asks_for_help(sys.argv[1:]):
            home.prepare(settings.HOME)
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


def _write_everything() -> None:
    """Let no sentence end a command where the terminal's encoding lacks a letter, such as one of a folder's name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _asks_for_help(arguments: list[str]) -> bool:
    return not arguments or arguments[0] in HELP or not {"-h", "--help"}.isdisjoint(arguments)


if __name__ == "__main__":
    main()
