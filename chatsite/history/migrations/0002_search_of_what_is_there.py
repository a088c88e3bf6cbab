"""What was said before there was a search is entered, in batches. What is said meanwhile is entered by the triggers."""

from django.db import migrations

from chatsite.history.search import index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("history", "0001_search"),
    ]

    operations = [
        migrations.RunPython(index.fill, migrations.RunPython.noop),
        migrations.RunPython(index.tidy, migrations.RunPython.noop),
    ]
