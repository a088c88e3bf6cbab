"""`manage.py import FILE --user NAME`: conversations of other programs, or of an export of this one."""

import gc
import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from chatsite.audit.recording import record
from chatsite.history.exchange.errors import SENTENCES
from chatsite.history.exchange.import_file import import_file, summary
from chatsite.history.exchange.people import named


class Command(BaseCommand):
    help = "Imports conversations for a person from a JSON or zip file."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--user", required=True, metavar="NAME", help="whose conversations they become")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *, file, user, **options):
        owner = named(user)
        # What was loaded until now stays; the garbage collector need not scan it.
        gc.freeze()
        try:
            with Path(file).open("rb") as opened:
                reader, counts = import_file(opened, owner)
                record("imported conversations for", owner)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        if options["json"]:
            self.stdout.write(json.dumps(counts.report(reader)))
            return
        self.report(reader, counts)

    def report(self, reader, counts):
        self.stdout.write(summary(reader, counts))
        for name, reason in reader.problems:
            self.stdout.write(f"{name}: {SENTENCES[reason]}" if name else SENTENCES[reason])
        report = counts.report(reader)
        lists = {
            "Skipped conversations": report["skipped"]["conversation"],
            "Skipped messages": report["skipped"]["message"],
            "Imported differently": report["notes"],
        }
        for title, reasons in lists.items():
            for reason, count in reasons.items():
                self.stdout.write(f"{title}: {count} {reason}")
        if not sum(counts.outcomes.values()) - sum(counts.skipped_conversations.values()):
            raise CommandError("Nothing was imported.")
