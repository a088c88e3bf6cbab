"""Costs that are too high for their column can be stored in SQLite, and not be read."""

from django.db import migrations


def clear_unreadable(apps, schema_editor):
    # SQL: the field itself refuses to compare with such a number.
    schema_editor.execute("UPDATE conversations_completion SET cost = NULL WHERE abs(cost) > 999999.99999999")


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_initial")]
    operations = [migrations.RunPython(clear_unreadable, migrations.RunPython.noop)]
