from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tryouts", "0003_cases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="tryout",
            name="press",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="tryout",
            constraint=models.UniqueConstraint(fields=("owner", "press"), name="one_tryout_a_press"),
        ),
    ]
