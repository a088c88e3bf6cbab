"""`manage.py restore FILE`: a backup into an empty folder."""

import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from chatsite.operations.backups.errors import BackupError
from chatsite.operations.backups.restoring import missing_keys, restore
from chatsite.operations.doctor import database
from chatsite.wording import counted


class Command(BaseCommand):
    help = "Restores a backup into an empty folder (CHATSITE_HOME) and, with DATABASE_URL, an empty database."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")

    def handle(self, *, file, **options):
        path = Path(file).absolute()
        try:
            count = restore(path)
        except (BackupError, DatabaseError, ImproperlyConfigured) as error:
            raise CommandError(" ".join(str(error).split())) from error
        self.stdout.write(f"{path.name} is restored: {counted(count, 'conversation')}.")
        for key in missing_keys(path):
            self.stdout.write(f"It has no {key}, which was set in the environment: {WITHOUT[key]}")
        if os.geteuid() == 0:
            self.stdout.write(ROOT.format(settings.HOME))
        self.stdout.write(database.warning() or "Start the site with: manage.py serve")


ROOT = "All of it belongs to root. Where the site runs as another user: chown -R USER {}"
WITHOUT = {
    "secret_key": "with another one, everybody has to sign in again.",
    "field_key": "without it, keys of providers have to be typed again. Set CHATSITE_FIELD_KEY.",
}
