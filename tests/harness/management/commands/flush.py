"""Django's `flush`, which it runs after each test with transactions, without making the same rows again and again.

Django deletes and makes the permissions and content types of all models each time, which takes longer than many a test.
Here they are made once for each database, and stored again as they were.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import connections

_rows: dict[tuple, dict[type, list]] = {}


class Command(flush.Command):
    def handle(self, **options):
        settings = connections[options["database"]].settings_dict
        database = settings["HOST"], settings["PORT"], settings["NAME"]
        super().handle(**options | {"inhibit_post_migrate": database in _rows})
        if database not in _rows:
            _rows[database] = {model: list(model.objects.all()) for model in (ContentType, Permission)}
            return
        for model, rows in _rows[database].items():
            model.objects.bulk_create(rows)
        ContentType.objects.clear_cache()
