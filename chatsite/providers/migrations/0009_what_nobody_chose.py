from django.db import migrations


def forget_what_nobody_chose(apps, schema_editor):
    """A box that is not ticked was how each began: only a ticked one is an admin's word."""
    model = apps.get_model("providers", "Model")
    for name in ("images", "tools", "reasoning"):
        model.objects.filter(**{name: False}).update(**{name: None})


def untick_the_unknown(apps, schema_editor):
    model = apps.get_model("providers", "Model")
    for name in ("images", "tools", "reasoning"):
        model.objects.filter(**{name: None}).update(**{name: False})


class Migration(migrations.Migration):
    """Apart from the change of the columns: PostgreSQL changes no table whose rows changed in the same transaction."""

    dependencies = [("providers", "0008_what_lists_say")]

    operations = [migrations.RunPython(forget_what_nobody_chose, untick_the_unknown)]
