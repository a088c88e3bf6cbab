"""Says of the rows that there are who made them, what the models are for, and what an admin chose.

Until now the site switched its own providers off and on, and offered whatever a list named.
"""

import base64
import re
from urllib.parse import unquote, urlsplit

from django.db import migrations

ADDITION = 1

# As names told at the time of this migration; the site's own rules may change.
NOT_FOR_CHAT = {
    "rerank": r"rerank",
    "moderation": r"moderation|guard|shieldgemma",
    "embedding": r"embed|minilm|\bbge\b|\bgte\b|\be5\b|paraphrase|mpnet",
    "speech": r"\btts|whisper|transcri|realtime|\baudio\b",
    "image": r"dall-e|\bimage\b|imagen|sdxl|stable-diffusion|\bflux\b|\bsora\b|\bveo\b",
    "text": r"davinci|babbage|turbo-instruct",
}


def forwards(apps, schema_editor):
    Provider = apps.get_model("providers", "Provider")
    # The site's own switch was the only one: what it had switched off does not apply, and nobody meant it to be off.
    Provider.objects.exclude(origin="admin").filter(enabled=False).update(enabled=True, applies=False)
    for provider in Provider.objects.filter(base_url__contains="@"):
        _take_out_password(provider)
    for model in apps.get_model("providers", "Model").objects.all():
        _describe(model, _log(apps, model))


def _log(apps, model):
    """What the admin's log has of a model's row."""
    entries = apps.get_model("admin", "LogEntry").objects.filter(
        content_type__app_label="providers", content_type__model="model", object_id=str(model.pk)
    )
    return list(entries.values_list("action_flag", "change_message"))


def _describe(model, log):
    if any(flag == ADDITION for flag, _ in log):
        model.made_by, model.available = "admin", True
    else:
        model.made_by = "list"
    if model.made_by == "list" and not any("ontext window" in message for _, message in log):
        model.listed_window, model.context_window = model.context_window, None
    name = model.name.lower()
    model.kind = next((kind for kind, words in NOT_FOR_CHAT.items() if re.search(words, name)), "chat")
    if model.kind != "chat" and not log and not model.default:
        model.offered = False
    model.save()


def _take_out_password(provider):
    """A name and password in the address were shown in the admin. They are sent as before, from a header."""
    parts = urlsplit(provider.base_url)
    userinfo, _, host = parts.netloc.rpartition("@")
    if not userinfo:
        return
    provider.base_url = parts._replace(netloc=host).geturl()
    if not provider.key and "authorization" not in {name.lower() for name in provider.headers}:
        basic = base64.b64encode(unquote(userinfo).encode()).decode()
        provider.headers = provider.headers | {"Authorization": f"Basic {basic}"}
    provider.save()


def backwards(apps, schema_editor):
    """What did not apply was switched off."""
    apps.get_model("providers", "Provider").objects.filter(applies=False).update(enabled=False)


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0002_kinds_and_discovery"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(forwards, backwards)]
