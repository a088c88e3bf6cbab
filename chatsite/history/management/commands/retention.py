"""`manage.py retention`: deletes what the site's rule says, or counts it."""

from collections import Counter

from django.core.management.base import BaseCommand

from chatsite.history.retention.deletion import delete_due
from chatsite.history.retention.due import NOTICE, by_person, covered, due
from chatsite.history.retention.models import RetentionRule
from chatsite.wording import counted


class Command(BaseCommand):
    help = "Deletes the conversations that the site's retention rule says, by person and in total."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only count what would be deleted")

    def handle(self, *, dry_run, **options):
        rule = RetentionRule.objects.in_force()
        if not rule:
            self.stdout.write("No retention rule is set, so nothing is deleted.")
            return
        if dry_run:
            counts = by_person(due(rule))
            self.report(counts, "would be deleted")
            later = by_person(covered(rule, NOTICE)).total() - counts.total()
            self.stdout.write(f"{later} more within {NOTICE.days} days; their owners see a notice.")
        else:
            self.report(Counter(each.owner.get_username() for each in delete_due()), "deleted")

    def report(self, counts, what):
        for name, count in sorted(counts.items()):
            self.stdout.write(f"{name}: {count}")
        total = counts.total()
        self.stdout.write(f"{counted(total, 'conversation')} {what}.")
