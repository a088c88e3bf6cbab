"""A prompt can be for some models only. Those that are there are for all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("prompts", "0006_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="systemprompt",
            name="for_models",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="None chosen: for all models.",
                verbose_name="models it is for",
            ),
        ),
    ]
