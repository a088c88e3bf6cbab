"""What is live becomes a release, dated from its version's time, and rows that never change get their triggers."""

from hashlib import sha256

from django.db import migrations


def fill_versions(apps, editor):
    versions = apps.get_model("prompts", "SystemPromptVersion").objects
    for version in versions.select_related("author").iterator():
        raw = version.text.encode()
        versions.filter(pk=version.pk).update(
            sha256=sha256(raw).hexdigest(),
            tokens=-(-len(raw) // 4),
            author_name=version.author.username if version.author else "",
        )


def release_live(apps, editor):
    releases = apps.get_model("prompts", "PromptRelease").objects
    live = apps.get_model("prompts", "SystemPrompt").objects.exclude(live=None).select_related("live")
    for prompt in live:
        version = prompt.live
        releases.create(
            prompt=prompt,
            version=version,
            at=version.made,
            by_id=version.author_id,
            by_name=version.author_name,
            note=version.note,
        )


def live_from_releases(apps, editor):
    """Going back: the newest release that everybody gets is live again."""
    releases = apps.get_model("prompts", "PromptRelease").objects
    for prompt in apps.get_model("prompts", "SystemPrompt").objects.all():
        newest = releases.filter(prompt=prompt, kind__in=["publish", "rollback"]).order_by("at", "pk").last()
        if newest:
            prompt.live_id = newest.version_id
            prompt.save(update_fields=["live"])


class Migration(migrations.Migration):
    dependencies = [("prompts", "0003_releases")]

    operations = [
        migrations.RunPython(fill_versions, migrations.RunPython.noop),
        migrations.RunPython(release_live, live_from_releases),
    ]
