"""`manage.py doctor`: what is well with the site, what is not, and what to do."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from chatsite.operations.doctor.examining import NAMES, examine
from chatsite.operations.doctor.findings import Level
from chatsite.runs.connections import keep_connection

MARKS = {Level.OK: "✓", Level.NOTE: "!", Level.PROBLEM: "✗"}


class Command(BaseCommand):
    help = (
        "Checks the site. It ends with 0 where all is well, 1 where there is something to look at, and 2 where "
        "something must be put right."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"these checks only: {', '.join(NAMES)}")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *, names, **options):
        if unknown := set(names) - set(NAMES):
            sentence = f"There is no check {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}."
            raise CommandError(sentence, returncode=2)
        if connection.vendor == "postgresql":
            # Without the pool, whose threads would hide why the database does not answer.
            keep_connection()
        report = examine(names)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.print(report)
        sys.exit(report.level)

    def print(self, report):
        self.stdout.write(report.verdict)
        for group, found in report.groups:
            self.stdout.write(f"\n{group}")
            for check, finding in found:
                self.stdout.write(f"  {MARKS[finding.level]} {check.name}: {finding.sentence}")
                if finding.do:
                    self.stdout.write(f"      {finding.do}")
