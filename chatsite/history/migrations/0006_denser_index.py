"""In SQLite, a place stands for more seconds than before, which makes the index smaller. All is indexed again."""

from django.db import migrations

from chatsite.history.search import index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("history", "0005_acts"),
    ]

    operations = [
        migrations.RunPython(index.renew, migrations.RunPython.noop),
        migrations.RunPython(index.fill, migrations.RunPython.noop),
        migrations.RunPython(index.tidy, migrations.RunPython.noop),
    ]
