"""`manage.py search`: checks the search index, or rebuilds it."""

from django.core.management.base import BaseCommand, CommandError

from chatsite.history.search.check import REBUILD, problems
from chatsite.history.search.rebuild import rebuild


class Command(BaseCommand):
    help = "Check the search index, or rebuild it while the site runs."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["check", "rebuild"])

    def handle(self, *, action, **options):
        if action == "rebuild":
            rebuild()
        if found := problems():
            raise CommandError("\n".join([*found, REBUILD]))
        self.stdout.write("The search index is in step with all messages and titles.")
