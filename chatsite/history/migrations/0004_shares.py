"""Links to shared conversations, and the messages that they show."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import chatsite.history.sharing.links


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0007_help_texts"),
        ("history", "0003_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "seed",
                    models.CharField(
                        default=chatsite.history.sharing.links.new_seed, editable=False, max_length=64
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("count", models.PositiveIntegerField(default=0)),
                ("signed_in_only", models.BooleanField(default=True)),
                ("with_reasoning", models.BooleanField(default=False)),
                ("passphrase", models.CharField(blank=True, max_length=128)),
                ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("expires", models.DateTimeField(blank=True, null=True)),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("as_of", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="conversations.conversation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SharedMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "role",
                    models.CharField(choices=[("user", "User"), ("assistant", "Assistant")], max_length=9),
                ),
                ("model", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField()),
                ("reasoning", models.TextField(blank=True)),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="history.share",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("share", "number"), name="one_shared_message_a_number")
                ],
            },
        ),
    ]
