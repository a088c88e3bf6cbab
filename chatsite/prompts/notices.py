"""Warnings about a prompt's newest text on its page, and about the text to be published on the publish page."""

from django.db.models import OuterRef, Subquery

from chatsite.prompts.lint import Surroundings, warnings
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.prompts.snippets import older_in
from chatsite.providers.serving import choices_for


def notices(prompt: SystemPrompt, version: SystemPromptVersion | None) -> list[str]:
    """Return the warnings about a version's text."""
    if not version:
        return []
    offered = choices_for(None)
    windows = [(model.label, model.window) for model in offered if model.window and prompt.fits(model.name)]
    around = Surroundings(
        min(windows, key=lambda each: each[1], default=None),
        frozenset(model.name for model in offered),
        _same_text(prompt, version),
        older_in(version) if version.snippets else [],
    )
    return warnings(version.text, around)


def _same_text(prompt: SystemPrompt, version: SystemPromptVersion) -> list[str]:
    newest = (
        SystemPromptVersion.objects.filter(prompt=OuterRef("prompt")).order_by("-number").values("pk")[:1]
    )
    same = SystemPromptVersion.objects.filter(
        sha256=version.sha256, pk=Subquery(newest), prompt__archived=None
    )
    return list(same.exclude(prompt=prompt).order_by("prompt__name").values_list("prompt__name", flat=True))
