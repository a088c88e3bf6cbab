from django.db import migrations, models
from django.utils import timezone


def came_along(model: str, name: str) -> migrations.AlterField:
    field = models.DateTimeField(default=timezone.now, editable=False)
    return migrations.AlterField(model, name, field)


class Migration(migrations.Migration):
    """What is imported keeps its own time. Nothing changes in the database, so no table is written again."""

    dependencies = [("conversations", "0005_log_entry")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                came_along("conversation", "created"),
                came_along("message", "created"),
                came_along("completion", "started"),
            ]
        )
    ]
