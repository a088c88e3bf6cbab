"""Models for groups, their own parameters, what they can, and models that refuse system messages."""

import django.core.validators
from django.db import migrations, models

import chatsite.providers.params


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("providers", "0005_encrypted_secrets"),
    ]

    operations = [
        migrations.AddField(
            model_name="model",
            name="groups",
            field=models.ManyToManyField(
                blank=True,
                help_text="None chosen: everyone may. A model that is not offered is for nobody.",
                to="auth.group",
                verbose_name="groups that may use it",
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="images",
            field=models.BooleanField(
                default=False, help_text="It reads images. Nothing depends on it yet: messages are texts."
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="max_tokens",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="The most tokens of an answer. What is longer is cut, and can be continued.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(10000000),
                ],
                verbose_name="max_tokens",
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="other_params",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text='A JSON object of what else is sent with each request, such as {"seed": 1}.',
                validators=[chatsite.providers.params.validate_other_params],
                verbose_name="other parameters",
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="reasoning",
            field=models.BooleanField(
                default=False, help_text="It reasons before it answers. A reasoning effort can be set then."
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="reasoning_effort",
            field=models.CharField(
                blank=True,
                choices=[("minimal", "Minimal"), ("low", "Low"), ("medium", "Medium"), ("high", "High")],
                default="",
                help_text="Only for a model that reasons.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="system_as_user",
            field=models.BooleanField(
                default=False,
                help_text="For a model that refuses system messages: the system prompt is put before a person's first message.",
                verbose_name="system prompt as first user message",
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="temperature",
            field=models.FloatField(
                blank=True,
                help_text="0 to 2; higher varies more. Empty: not sent, the server decides. The same holds for the next ones.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(2),
                ],
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="tools",
            field=models.BooleanField(
                default=False, help_text="It calls tools. Nothing depends on it yet: the site offers it none."
            ),
        ),
        migrations.AddField(
            model_name="model",
            name="top_p",
            field=models.FloatField(
                blank=True,
                help_text="0 to 1.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(1),
                ],
                verbose_name="top_p",
            ),
        ),
    ]
