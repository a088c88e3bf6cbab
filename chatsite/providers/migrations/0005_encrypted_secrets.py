"""Keys and headers are encrypted. What was stored before is encrypted here, too."""

import json

from django.db import migrations, models

from chatsite.encryption import SecretField


def erase_what_is_overwritten(apps, schema_editor):
    """Have SQLite overwrite the old texts in its file, where they would otherwise stay until the space is used again."""
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def encrypt(apps, schema_editor):
    for provider in apps.get_model("providers", "Provider").objects.all():
        # The column still holds the key as it was typed.
        provider.key = provider.key.token
        provider.headers_json = json.dumps(provider.headers) if provider.headers else ""
        provider.save(update_fields=["key", "headers_json"])


def decrypt(apps, schema_editor):
    for provider in apps.get_model("providers", "Provider").objects.all():
        provider.headers = json.loads(provider.headers_json.reveal() or "{}")
        provider.save(update_fields=["headers"])
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE providers_provider SET key = %s WHERE id = %s", [provider.key.reveal(), provider.pk]
            )


class Migration(migrations.Migration):
    dependencies = [("providers", "0004_bounds_of_times_and_prices")]

    operations = [
        migrations.RunPython(erase_what_is_overwritten, migrations.RunPython.noop),
        migrations.AlterField("provider", "key", SecretField()),
        migrations.AddField("provider", "headers_json", SecretField()),
        migrations.AddField(
            "provider",
            "key_variable",
            models.CharField(
                blank=True,
                default="",
                help_text="A variable of the site's environment whose name begins with CHATSITE_KEY_.",
                max_length=200,
                verbose_name="read the key from",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(encrypt, decrypt),
        migrations.RemoveField("provider", "headers"),
    ]
