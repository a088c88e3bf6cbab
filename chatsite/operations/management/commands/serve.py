"""`manage.py serve`: prepares a site, from an empty folder on, and serves it."""

import ipaddress
import os
import signal
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from chatsite import home
from chatsite.accounts.links import sign_in_path
from chatsite.accounts.owner import ensure_owner
from chatsite.operations import addresses, server
from chatsite.operations.doctor import database
from chatsite.operations.locks import is_only_process, one_at_a_time
from chatsite.operations.static_collection import collect_static
from chatsite.providers.discovery import connect
from chatsite.runs import recovery
from chatsite.runs.connections import keep_connection
from chatsite.tryouts import recovery as tryouts_recovery

LINK_FILE = "sign_in_link"
MIN_SECRET_CHARACTERS = 32
# Of a terminal that is closed, of Ctrl+\, and of programs that rotate logs.
ENDING_SIGNALS = (signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


class Command(BaseCommand):
    help = "Prepares the database and serves the site."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", metavar="HOST:PORT")

    def handle(self, *, address, **options):
        try:
            home.prepare(settings.HOME)
            # It is read when it is first used. An unreadable one is reported before anything is prepared.
            str(settings.SECRET_KEY)
            listener = addresses.listen(*addresses.parse(address))
            _refuse_debugging_in_public(listener.getsockname()[0])
            url = addresses.url(listener)
            # Without the pool, whose threads would hide the reason and outlive it.
            keep_connection()
            with one_at_a_time():
                self.prepare(url)
            connection.close()
        except (addresses.BadAddress, DatabaseError, ImproperlyConfigured, OSError) as error:
            self.stderr.write(_sentence(error))
            raise SystemExit(2) from error
        _end_in_order()
        server.run(listener, ready=lambda: self.say(f"Ready at {url} (Ctrl+C stops)."))

    def prepare(self, url):
        call_command("migrate", interactive=False, verbosity=0)
        if newer := database.warning():
            self.say(newer)
        if is_only_process():
            recovery.claim_all()
            tryouts_recovery.claim_all()
        collect_static()
        self.say(_storage())
        if len(str(settings.SECRET_KEY)) < MIN_SECRET_CHARACTERS:
            self.say(
                f"CHATSITE_SECRET_KEY can be guessed: it has fewer than {MIN_SECRET_CHARACTERS} characters."
            )
        for found in connect():
            self.say(str(found))
        self.invite(ensure_owner(), url)

    def invite(self, owner, url):
        """Write the owner's sign-in link to a private file, and print it, but not to the journal."""
        file = settings.HOME / LINK_FILE
        link = f"{(settings.CSRF_TRUSTED_ORIGINS or [url])[0]}{sign_in_path(owner)}" if owner else ""
        try:
            _write_privately(file, link)
        except OSError as error:  # on a full disk the site can still be read
            self.say(f"The sign-in link could not be written to {file}: {error.strerror}.")
        if owner:
            where = f", by the link in {file}" if _goes_to_the_journal(sys.stdout) else f": {link}"
            self.say(f"Sign in once, as {owner}{where}")

    def say(self, line):
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except OSError:  # a full disk, or a closed pipe: the site is served nevertheless
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse_debugging_in_public(host):
    """Refuse it: debug pages show the settings to everybody who meets an error."""
    if settings.DEBUG and not ipaddress.ip_address(host).is_loopback:
        raise addresses.BadAddress(
            f"With CHATSITE_DEBUG=1, serve at a loopback address such as 127.0.0.1, not {host}."
        )


def _write_privately(file, link):
    """Write a new file for a new link; delete it where there is no link."""
    file.unlink(missing_ok=True)
    if link:
        file.touch(mode=0o600)
        file.write_text(f"{link}\n")


def _goes_to_the_journal(stream):
    """Return whether systemd's journal keeps this stream, where other people of this machine can read it."""
    output = os.fstat(stream.fileno())
    return f"{output.st_dev}:{output.st_ino}" == settings.JOURNAL_STREAM


def _storage():
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"Everything is kept in {settings.HOME}."
    host = config["HOST"] or "this machine"
    return f"Conversations are kept in the database {config['NAME']} on {host}, all else in {settings.HOME}."


def _sentence(error):
    """Return an error as one sentence. Databases write several lines, and the system writes numbers."""
    if isinstance(error, OSError) and error.strerror:
        # The system names the file that it could not open, and not the one that it could not write.
        file = f"The file {error.filename}" if error.filename else f"A file in {settings.HOME}"
        return f"{file} cannot be used: {error.strerror}."
    prefix = "The database cannot be used: " if isinstance(error, DatabaseError) else ""
    return prefix + " ".join(str(error).split())


def _end_in_order():
    """Let each signal that would end the process at once end the site as SIGTERM does, but for what is ignored, as
    SIGHUP is under `nohup`."""
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
