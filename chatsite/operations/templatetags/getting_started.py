"""The first page of the admin: its figures and first steps."""

from typing import Any

from django import template

from chatsite.operations.doctor.examining import quick
from chatsite.operations.doctor.findings import Level
from chatsite.operations.getting_started import figures, running, steps, stopped_trials

register = template.Library()


@register.inclusion_tag("admin/_today.html", takes_context=True)
def today(context: Any) -> dict[str, Any]:
    user = context["request"].user
    return {"today": figures(user), "running": running(user), "stopped": stopped_trials(user)}


@register.inclusion_tag("admin/_getting_started.html", takes_context=True)
def getting_started(context: Any) -> dict[str, Any]:
    """The steps, or later what the doctor says must be put right. Only a superuser can do all of it."""
    request = context["request"]
    if not request.user.is_superuser:
        return {}
    report = quick()
    found = steps(request, report)
    is_wrong = report.level is Level.PROBLEM and not found
    return {
        "steps": found,
        "done": sum(step.is_done for step in found),
        "worst": report.worst if is_wrong else None,
    }
