"""Finding words in one conversation: as a list of hits, and for the page that goes from one to the next."""

from bisect import bisect_left
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatsite.conversations.access import open_conversation
from chatsite.conversations.models import Conversation
from chatsite.history.listing import side_list
from chatsite.history.search.in_conversation import Matches, find_within, hits, id_of, uuids

# Hits that a page goes through.
MAX_HITS = 2000


def find_page(request: Any, conversation: Conversation) -> HttpResponse:
    """The hits as a list, which needs no script. `after`: the message of the last hit on the page before."""
    matches = find_within(conversation, request.GET.get("find", ""))
    found, more = hits(conversation, matches, request.GET.get("after", ""))
    context = {"conversation": conversation, "matches": matches, "hits": found, "more": more}
    return render(request, "conversations/find.html", context | side_list(request))


@login_required
@require_safe
def find(request: Any, uuid: UUID) -> JsonResponse:
    """The hits for the page of the conversation: the uuids of those on the branch that is shown, and how many others
    there are. `start`: the index of the first hit from the message `near` on."""
    conversation = open_conversation(request.user, uuid)
    matches = find_within(conversation, request.GET.get("q", ""))
    shown = matches.shown[:MAX_HITS]
    found = {
        "problem": matches.query.problem,
        "hits": [str(each) for each in uuids(conversation, shown)],
        "count": len(matches.shown),
        "others": matches.other_versions,
        "start": _start(conversation, matches, shown, request.GET.get("near", "")),
    }
    return JsonResponse(found)


def _start(conversation: Conversation, matches: Matches, shown: list[int], near: str) -> int:
    pk = id_of(conversation, near) if near else None
    start = bisect_left(shown, pk) if pk else 0
    return start if start < len(shown) else 0
