"""The ledger begins with the answers that are stored. Imported ones were answered elsewhere."""

import hashlib
from collections import defaultdict

from django.db import migrations
from django.utils import timezone

CHUNK = 2000
COLUMNS = (
    "message__uuid",
    "message__conversation__owner",
    "message__conversation__owner__username",
    "model",
    "provider",
    "provider__name",
    "prompt_version",
    "prompt_version__number",
    "prompt_version__prompt__name",
    "status",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "cost",
    "finished",
)
COUNTS = (
    "answers",
    "failed",
    "stopped",
    "unreported",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "cost_units",
)


def begin(apps, schema_editor):
    if apps.get_model("usage", "UsageDay").objects.exists():
        return  # it was filled before a return to an earlier release
    completions = apps.get_model("conversations", "Completion").objects.exclude(finished=None)
    sums, named = defaultdict(lambda: [0] * len(COUNTS)), {}
    for row in completions.values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        (
            uuid,
            person,
            person_name,
            model,
            provider,
            provider_name,
            version,
            number,
            prompt,
            *taken,
            finished,
        ) = row
        if uuid.version == 5:
            continue  # imports make such ones
        day = timezone.localdate(finished, timezone.get_default_timezone())
        parts = (day, person, model, provider, version, "chat")
        named[parts] = (person_name, provider_name or "", f"{prompt} v{number}" if version else "")
        sums[parts] = [sum(pair) for pair in zip(sums[parts], counts(*taken), strict=True)]
    apps.get_model("usage", "UsageDay").objects.bulk_create(
        (row_of(apps, parts, named[parts], sums[parts]) for parts in sums), batch_size=CHUNK
    )


def counts(status, input_tokens, output_tokens, cached_tokens, cost):
    """Return what one answer adds, in the order of COUNTS."""
    failed, stopped = status in ("failed", "interrupted"), status == "stopped"
    tokens = (input_tokens or 0, output_tokens or 0, cached_tokens or 0)
    return 1, int(failed), int(stopped), int(output_tokens is None), *tokens, int((cost or 0) * 10**8)


def row_of(apps, parts, names, sums):
    day, person, model, provider, version, source = parts
    person_name, provider_name, prompt_name = names
    return apps.get_model("usage", "UsageDay")(
        key=hashlib.sha256(repr(tuple(map(str, parts))).encode()).hexdigest(),
        day=day,
        person_id=person,
        person_name=person_name,
        model=model,
        provider_id=provider,
        provider_name=provider_name,
        prompt_version_id=version,
        prompt_name=prompt_name,
        source=source,
        **dict(zip(COUNTS, sums, strict=True)),
    )


class Migration(migrations.Migration):
    dependencies = [("usage", "0001_ledger"), ("conversations", "0009_folders")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
