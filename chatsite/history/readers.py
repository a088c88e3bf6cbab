"""The page on which a person sees which staff read their conversations, and why."""

import logging

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatsite.audit.models import Event
from chatsite.conversations.models import Conversation
from chatsite.history.listing import side_list

logger = logging.getLogger(__name__)

MAX_EVENTS = 200


@login_required
@require_safe
def readers(request):
    """Who read this person's conversations. The mark in the lists that points to this page is removed."""
    events = list(Event.objects.about(request.user)[:MAX_EVENTS])
    if request.method == "GET":
        _remove_mark(request.user)
    context = {"events": _with_conversations(request.user, events), "max_events": MAX_EVENTS}
    return render(request, "history/readers.html", context | side_list(request))


def _remove_mark(user) -> None:
    try:
        Conversation.objects.filter(owner=user, read_by_staff__isnull=False).update(read_by_staff=None)
    except DatabaseError:
        logger.warning("That a person saw who read their conversations could not be stored.", exc_info=True)


def _with_conversations(user, events: list[Event]) -> list[Event]:
    """The events, each with its `conversation`; None for one that was deleted."""
    label = Conversation._meta.label_lower
    pks = [int(event.target_id) for event in events if event.target_type == label]
    found = Conversation.objects.of(user).in_bulk(pks)
    for event in events:
        is_one = event.target_type == label
        event.is_about_one, event.conversation = is_one, found.get(int(event.target_id)) if is_one else None
    return events
