"""A batch of a run's log is called a log entry; a delta is what a model server sends."""

import django.db.models.deletion
from django.db import migrations, models


def delete_old_permissions(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    permissions.filter(content_type__app_label="conversations", codename__endswith="_delta").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0004_dropped_prompt"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="delta", name="one_delta_an_offset"),
        migrations.RenameModel(old_name="Delta", new_name="LogEntry"),
        migrations.AlterField(
            model_name="logentry",
            name="completion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="log",
                to="conversations.completion",
            ),
        ),
        migrations.AddConstraint(
            model_name="logentry",
            constraint=models.UniqueConstraint(
                fields=("completion", "offset"), name="one_log_entry_an_offset"
            ),
        ),
        migrations.RunPython(delete_old_permissions, migrations.RunPython.noop),
    ]
