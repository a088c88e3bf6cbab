"""Triggers that keep versions and releases as they are; no column for what is live; groups for those who edit."""

from django.db import migrations

from chatsite.prompts import immutable
from chatsite.prompts.permissions import make_groups


class Migration(migrations.Migration):
    dependencies = [
        ("prompts", "0004_live_becomes_a_release"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RemoveField("systemprompt", "live"),
        migrations.RunPython(immutable.install, immutable.remove),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
