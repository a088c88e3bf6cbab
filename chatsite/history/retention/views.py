"""The page of the conversations that are deleted soon."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatsite.history.listing import side_list
from chatsite.history.retention.due import day_of, ending
from chatsite.history.retention.models import RetentionRule

CONVERSATIONS_LISTED = 200


@login_required
@require_safe
def endings(request):
    """What the site's rule deletes within a week, the next to be deleted first, and how to keep it."""
    rule = RetentionRule.objects.in_force()
    found = list(ending(request.user, rule)[: CONVERSATIONS_LISTED + 1])
    for conversation in found:
        conversation.day = day_of(rule, conversation.updated, conversation.changed)
    context = {
        "rule": rule,
        "conversations": sorted(found[:CONVERSATIONS_LISTED], key=lambda each: each.day),
        "has_more": len(found) > CONVERSATIONS_LISTED,
    }
    return render(request, "history/endings.html", context | side_list(request))
