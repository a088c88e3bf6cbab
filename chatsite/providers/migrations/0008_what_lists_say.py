from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0007_rests")]

    operations = [
        migrations.AddField(
            model_name="model",
            name="listed_images",
            field=models.BooleanField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="model",
            name="listed_input_price",
            field=models.DecimalField(decimal_places=6, editable=False, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="model",
            name="listed_output_price",
            field=models.DecimalField(decimal_places=6, editable=False, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="model",
            name="listed_reasoning",
            field=models.BooleanField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="model",
            name="listed_tools",
            field=models.BooleanField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="model",
            name="images",
            field=models.BooleanField(
                blank=True,
                help_text="Whether it reads images. Nothing depends on it yet: messages are texts.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="model",
            name="reasoning",
            field=models.BooleanField(
                blank=True,
                help_text="Whether it reasons before it answers. A reasoning effort can be set then, and people see it.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="model",
            name="tools",
            field=models.BooleanField(
                blank=True,
                help_text="Whether it calls tools. Nothing depends on it yet: the site offers it none.",
                null=True,
            ),
        ),
    ]
