"""The names of the columns on pages."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_events"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="at",
            field=models.DateTimeField(
                db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="when"
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="target_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="to what"),
        ),
        migrations.AlterField(
            model_name="event",
            name="verb",
            field=models.CharField(max_length=40, verbose_name="what was done"),
        ),
    ]
