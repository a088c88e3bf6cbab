"""Django's development server, with a model connected."""

from daphne.management.commands.runserver import Command as Runserver
from django.db import connection

from chatsite.providers.discovery import connect
from chatsite.providers.models import Provider


class Command(Runserver):
    help = Runserver.help

    def check_migrations(self):
        super().check_migrations()
        if Provider._meta.db_table in connection.introspection.table_names():
            for found in connect():
                self.stdout.write(str(found))
