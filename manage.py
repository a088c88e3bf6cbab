#!/usr/bin/env python
"""The command line: `manage.py serve`, and Django's own commands."""

import asyncio
import os
import sys

import uvloop
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    if sys.argv[1:2] == ["serve"]:
        # Daphne makes its event loop when Django loads it.
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
