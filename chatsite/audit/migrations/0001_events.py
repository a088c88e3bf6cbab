"""Events, and the triggers that keep them."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from chatsite.audit import triggers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now, editable=False),
                ),
                ("actor_name", models.CharField(max_length=150, verbose_name="who")),
                ("address", models.CharField(blank=True, max_length=50)),
                ("verb", models.CharField(max_length=40, verbose_name="did")),
                ("target_type", models.CharField(blank=True, max_length=100, verbose_name="kind")),
                ("target_id", models.CharField(blank=True, max_length=40, verbose_name="id")),
                ("target_name", models.CharField(blank=True, max_length=200, verbose_name="what")),
                ("before", models.JSONField(blank=True, default=dict, verbose_name="from")),
                ("after", models.JSONField(blank=True, default=dict, verbose_name="to")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="why")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["target_type", "target_id", "-at"], name="events_of_an_object"),
                    models.Index(fields=["owner", "-at"], name="events_about_a_person"),
                ],
            },
        ),
        migrations.RunPython(triggers.install, triggers.remove),
    ]
