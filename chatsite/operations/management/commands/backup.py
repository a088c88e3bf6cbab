"""`manage.py backup`: one file with the database and the keys that it is read with."""

import argparse
import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from chatsite.operations.backups import making
from chatsite.operations.backups.errors import BackupError, in_words
from chatsite.wording import counted

NICE = 10
PRIVATE = "It holds the keys of the site, and only you can read it: keep it as private as the site."


class Command(BaseCommand):
    help = "Makes a backup while the site runs: one .tar.gz with the database and the keys, checked by opening it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--output",
            metavar="PATH",
            help="a new file, or a folder for it; else backups in the site’s folder",
        )
        parser.add_argument(
            "--keep", type=_count, metavar="N", help="then delete all backups in that folder but the newest N"
        )

    def run_from_argv(self, argv):
        """People who chat come first. Only a process of its own can have a lower priority."""
        os.nice(NICE)
        super().run_from_argv(argv)

    def handle(self, *, output, keep, **options):
        try:
            path = Path(output).absolute() if output else making.folder()
            if path.is_dir():
                path = path / making.new_name()
            elif keep:
                raise BackupError(f"--keep needs a folder of backups, and there is no folder {path}.")
            # A mistyped name is said here alone: it is not a backup that failed.
            making.check_place(path)
            self.say(making.make(path))
            with in_words(path.parent):
                deleted = making.delete_old(path.parent, keep) if keep else []
        except BackupError as error:
            raise CommandError(str(error)) from error
        if deleted:
            self.stdout.write(f"{counted(len(deleted), 'older backup')} deleted.")

    def say(self, made):
        self.stdout.write(f"{made}.".replace("\xa0", " "))
        self.stdout.write(f"It is in {made.path.parent}. {PRIVATE}")
        for name in making.missing_keys():
            self.stdout.write(f"{name} is set in the environment and not in it. Keep a copy of it elsewhere.")


def _count(text):
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 10_000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of backups to keep")
    return int(text)
