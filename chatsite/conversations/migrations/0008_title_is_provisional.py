"""Titles that a model may replace. All titles of before stay: people know them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0007_help_texts")]

    operations = [
        migrations.AddField(
            "conversation",
            "title_is_provisional",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="The title is the first words of a message, until a model or a person gives a better one.",
            ),
        )
    ]
