"""The rule of what is deleted by itself. There is none before an admin sets it."""

import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0006_denser_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "days",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Conversations without a message for so long are deleted for good. Empty: nothing is deleted.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(14),
                            django.core.validators.MaxValueValidator(36500),
                        ],
                        verbose_name="days after the last message",
                    ),
                ),
                ("keep_pinned", models.BooleanField(default=True, verbose_name="keep pinned ones")),
                ("keep_in_folders", models.BooleanField(default=True, verbose_name="keep those in folders")),
                (
                    "since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
            ],
            options={
                "verbose_name": "retention rule",
                "verbose_name_plural": "retention rule",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_retention_rule")
                ],
            },
        ),
    ]
