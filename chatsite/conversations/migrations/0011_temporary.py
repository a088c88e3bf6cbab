"""Temporary conversations. All conversations of before are ordinary ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0010_versions_of_prompts")]

    operations = [
        migrations.AddField(
            "conversation", "temporary_until", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddIndex(
            "conversation",
            models.Index(
                condition=models.Q(("temporary_until__isnull", False)),
                fields=["temporary_until"],
                name="conversations_temporary",
            ),
        ),
    ]
