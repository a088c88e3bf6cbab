"""The first page of the admin: its figures and first steps."""

from typing import Any

from django import template

from chatsite.operations.getting_started import figures, running, steps

register = template.Library()


@register.inclusion_tag("admin/_today.html", takes_context=True)
def today(context: Any) -> dict[str, Any]:
    user = context["request"].user
    return {"today": figures(user), "running": running(user)}


@register.inclusion_tag("admin/_getting_started.html", takes_context=True)
def getting_started(context: Any) -> dict[str, Any]:
    """Only a superuser can do all the steps."""
    request = context["request"]
    found = steps(request) if request.user.is_superuser else []
    return {"steps": found, "done": sum(step.is_done for step in found)}
