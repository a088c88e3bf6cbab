"""`manage.py run_import UUID PARENT`: the site starts it for each uploaded file."""

from django.core.management.base import BaseCommand

from chatsite.history.exchange.models import Import
from chatsite.history.exchange.worker import run_as_process


class Command(BaseCommand):
    help = "Imports one uploaded file. The site itself starts this."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("uuid")
        parser.add_argument("parent", type=int)

    def handle(self, *, uuid, parent, **options):
        run_as_process(Import.objects.select_related("owner").get(uuid=uuid), parent)
