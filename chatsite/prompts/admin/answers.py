"""The page of what people did with a prompt's answers, by version."""

from datetime import timedelta

from django.utils import timezone

from chatsite.prompts.admin.pages import show
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.reactions import reactions

DAYS = (7, 30, 90)


def answers(admin, request, prompt: SystemPrompt):
    """All versions that have answered in the last days, newest first."""
    days = next((each for each in DAYS if str(each) == request.GET.get("days")), DAYS[0])
    found = reactions(prompt, timezone.now() - timedelta(days=days))
    versions = list(prompt.versions.filter(pk__in=found).defer("text", "source"))
    for each in versions:
        each.reactions = found[each.pk]
    more = {"versions": versions, "days": days, "choices": DAYS, "tab": "answers"}
    return show(admin, request, prompt, "answers", f"Answers of {prompt}", **more)
