"""`manage.py export --user NAME`: all conversations of a person."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from chatsite.audit.recording import record
from chatsite.history.exchange.export_queries import primary_keys
from chatsite.history.exchange.exports import FORMATS, export
from chatsite.history.exchange.people import named


class Command(BaseCommand):
    help = (
        "Exports all conversations of a person: JSON as one file, Markdown and HTML as a zip file of pages."
    )

    def add_arguments(self, parser):
        parser.add_argument("--user", required=True, metavar="NAME")
        parser.add_argument("--format", choices=FORMATS, default="json")
        parser.add_argument("--output", metavar="PATH", help="a file, or a folder for it; else it is printed")

    def handle(self, *, user, format, output, **options):
        person = named(user)
        exported = export(primary_keys(person), format, timezone.now())
        record("exported the conversations of", person, owner=person)
        try:
            self.write(exported, output)
        except OSError as error:
            raise CommandError(f"The export cannot be written: {error.strerror}.") from error

    def write(self, exported, output):
        if output:
            path = Path(output)
            path = path / exported.name if path.is_dir() else path
            # Whole, or not there.
            part = path.with_name(f"{path.name}.part")
            with part.open("wb") as file:
                file.writelines(_encoded(exported))
            part.replace(path)
            self.stderr.write(f"The export is in {path}.")
        elif exported.content_type == "application/zip":
            self.print_bytes(exported)
        else:
            for piece in exported.pieces:
                self.stdout.write(piece, ending="")

    def print_bytes(self, exported):
        if self.stdout.isatty():
            raise CommandError("Pages come as a zip file, which is not printed. Name a file with --output.")
        for piece in _encoded(exported):
            sys.stdout.buffer.write(piece)


def _encoded(exported):
    return (piece.encode() if isinstance(piece, str) else piece for piece in exported.pieces)
