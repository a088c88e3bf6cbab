"""Which prompts have an older copy of a snippet in their newest text."""

from django.db.models import OuterRef, Subquery

from chatsite.prompts.models import PromptSnippet, SystemPromptVersion
from chatsite.prompts.models.version import digest


def older_copies(snippet: PromptSnippet) -> list[str]:
    """Return the names of the prompts whose newest version has another text of this snippet."""
    now = digest(snippet.text)
    return sorted(
        version.prompt.name
        for version in _newest_with_snippets()
        if version.snippets.get(snippet.name, now) != now
    )


def older_in(version: SystemPromptVersion) -> list[str]:
    """Return the names of the snippets that have changed since a version took them over."""
    now = {
        each.name: digest(each.text) for each in PromptSnippet.objects.filter(name__in=list(version.snippets))
    }
    return sorted(name for name, copy in version.snippets.items() if now.get(name, copy) != copy)


def _newest_with_snippets():
    newest = (
        SystemPromptVersion.objects.filter(prompt=OuterRef("prompt")).order_by("-number").values("pk")[:1]
    )
    versions = SystemPromptVersion.objects.filter(pk=Subquery(newest)).exclude(snippets={})
    return versions.filter(prompt__archived=None).select_related("prompt").defer("text", "source")
