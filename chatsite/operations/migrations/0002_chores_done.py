"""When each chore was done, and why it failed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_chores")]

    operations = [
        migrations.AddField("chore", "done", models.DateTimeField(null=True)),
        # A worker of the version before adds rows, too.
        migrations.AddField("chore", "error", models.CharField(max_length=500, default="", db_default="")),
    ]
