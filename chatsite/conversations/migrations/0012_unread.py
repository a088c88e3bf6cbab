"""Conversations with an answer that nobody has seen. All of before count as seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0011_temporary")]

    operations = [
        migrations.AddField(
            "conversation",
            "unread",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="An answer has ended, and no page of its owner has shown the conversation since.",
            ),
        )
    ]
