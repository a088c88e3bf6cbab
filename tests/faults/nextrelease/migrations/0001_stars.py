"""Messages get a column that older releases do not know, and every one of them is written again."""

from django.db import migrations

ADD = "ALTER TABLE conversations_message ADD COLUMN stars integer NOT NULL DEFAULT 0"
REWRITE = "UPDATE conversations_message SET stars = 5, text = text || ''"


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_initial")]
    operations = [migrations.RunSQL(ADD), migrations.RunSQL(REWRITE)]
