"""`manage.py serve`: everything from an empty folder to a running site."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from chatsite.accounts.links import sign_in_path
from chatsite.accounts.owner import ensure_owner
from chatsite.conversations import recovery
from chatsite.operations import addresses, server
from chatsite.operations.collecting import collect_static
from chatsite.operations.locks import is_only_process, one_at_a_time
from chatsite.providers.discovery import connect


class Command(BaseCommand):
    help = "Prepares the database and serves the site."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", metavar="HOST:PORT")

    def handle(self, *, address, **options):
        try:
            listener = addresses.listen(*addresses.parse(address))
            url = addresses.url(listener)
            with one_at_a_time():
                self.prepare(url)
        except (addresses.BadAddress, DatabaseError, OSError) as error:
            self.stderr.write(str(error))
            raise SystemExit(2) from error
        server.run(listener, ready=lambda: self.say(f"Ready at {url} (Ctrl+C stops)."))

    def prepare(self, url):
        call_command("migrate", interactive=False, verbosity=0)
        if is_only_process():
            recovery.claim_all()
        collect_static()
        self.say(f"Everything is kept in {settings.HOME}.")
        for found in connect():
            self.say(str(found))
        if owner := ensure_owner():
            self.say(f"Sign in once, as {owner}: {url}{sign_in_path(owner)}")

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
