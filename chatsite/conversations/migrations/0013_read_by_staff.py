"""What staff read of conversations, and that only with a reason: the permission, and the time for the owner’s notice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0012_unread"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="conversation",
            options={
                "permissions": [
                    ("view_conversation_text", "Can read what people said, with a reason that they see")
                ]
            },
        ),
        migrations.AddField(
            model_name="conversation",
            name="read_by_staff",
            field=models.DateTimeField(
                editable=False,
                help_text="When staff read its texts, until its owner has seen who did.",
                null=True,
            ),
        ),
    ]
