"""Django's development server, with a model connected."""

from daphne.management.commands.runserver import Command as Runserver
from django.db import connection

from chatsite.history.exchange.queue import IMPORTS
from chatsite.providers.discovery import connect
from chatsite.providers.models import Provider
from chatsite.runs.process import PROCESS


class Command(Runserver):
    help = Runserver.help

    def inner_run(self, *args, **options):
        PROCESS.schedule.begin()
        IMPORTS.begin()
        super().inner_run(*args, **options)

    def check_migrations(self):
        super().check_migrations()
        if Provider._meta.db_table in connection.introspection.table_names():
            for found in connect():
                self.stdout.write(str(found))
