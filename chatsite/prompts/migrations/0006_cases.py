"""Cases of prompts: messages, and what an answer to them must be like."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("prompts", "0005_versions_and_releases_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="PromptCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("messages", models.JSONField(default=list)),
                (
                    "check_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("contains", "contains"),
                            ("lacks", "does not contain"),
                            ("matches", "matches the regular expression"),
                            ("json", "is JSON"),
                            ("short", "has at most so many tokens"),
                            ("ends", "ends by itself, not cut by length"),
                        ],
                        default="",
                        max_length=8,
                        verbose_name="check",
                    ),
                ),
                ("check_text", models.CharField(blank=True, default="", max_length=500, verbose_name="text")),
                ("check_tokens", models.PositiveIntegerField(blank=True, null=True, verbose_name="tokens")),
                ("changed", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="prompts.systemprompt",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "ordering": ["name"],
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("prompt", "name"), name="one_case_a_name")],
            },
        ),
    ]
