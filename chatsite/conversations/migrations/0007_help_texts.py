"""The words of help texts; no column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0006_times_that_came_along"),
    ]

    operations = [
        migrations.AlterField(
            model_name="completion",
            name="dropped_prompt",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The prompt that the conversation had, and its owner may not use any more.",
                max_length=100,
            ),
        ),
        migrations.AlterField(
            model_name="completion",
            name="text_before",
            field=models.PositiveIntegerField(
                default=0, help_text="Characters that the message had before this completion continued it."
            ),
        ),
    ]
