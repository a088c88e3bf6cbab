"""In PostgreSQL, the index of words has the time of each entry, too, and its triggers have faster functions."""

from django.db import connection, migrations

from chatsite.history.search import index


def count(*_):
    """Let the planner know the new index."""
    if connection.vendor == "postgresql":
        index.tidy()


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0007_retention_rule"),
    ]

    operations = [
        migrations.RunPython(index.install, migrations.RunPython.noop),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
