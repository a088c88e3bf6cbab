"""The list of conversations, and what is done with its entries."""

from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chatsite.conversations.access import open_conversation, own_conversation, still_stored
from chatsite.conversations.models import Conversation
from chatsite.conversations.texts import storable
from chatsite.history.listing import listing as list_context
from chatsite.history.listing import side_list
from chatsite.history.organising.list_filters import ListFilter
from chatsite.history.organising.views import delete_one
from chatsite.history.page_parts import part_of
from chatsite.history.search.page import search_page
from chatsite.runs.process import PROCESS


@login_required
@require_safe
def history(request):
    """All conversations, or what a search for `q` finds in them."""
    if request.GET.get("q", "").strip():
        return render(
            request,
            "history/search.html",
            search_page(request) | side_list(request) | {"list_filter": ListFilter()},
        )
    kept = {"days_kept": settings.KEEP_DELETED_DAYS}
    return render(request, "conversations/history.html", list_context(request) | side_list(request) | kept)


@login_required
@require_safe
@part_of("conversations:history")
def listing(request):
    """The list beside a page, alone: for a script that loads its next part or searches."""
    return render(request, "conversations/_list.html", list_context(request))


@login_required
@require_safe
@part_of("conversations:history")
def entries(request):
    """The list of the page of all conversations, alone. A page may still show a folder that was deleted elsewhere."""
    try:
        context = list_context(request)
    except Http404:
        context = {"is_deleted": True}
    return render(request, "history/_entries.html", context)


@login_required
@require_POST
def rename(request, uuid: UUID):
    conversation = own_conversation(request.user, uuid)
    title = " ".join(storable(request.POST.get("title", "")).split())
    if not title:
        return HttpResponse("A title needs at least one letter.", status=400, content_type="text/plain")
    with still_stored():
        conversation.rename(title[: Conversation.MAX_TITLE_CHARACTERS])
    async_to_sync(PROCESS.hints.publish)({"changed": conversation.pk})
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    return redirect("conversations:history" if "history" in request.POST else conversation)


@login_required
def delete(request, uuid: UUID):
    """Ask for confirmation; then delete the conversation. It can be restored for some days, but for a temporary
    one."""
    conversation = open_conversation(request.user, uuid)
    from_history = "history" in request.GET
    if request.method != "POST":
        back = reverse("conversations:history") if from_history else conversation.get_absolute_url()
        days = 0 if conversation.is_temporary else settings.KEEP_DELETED_DAYS
        context = {"conversation": conversation, "back": back, "days": days}
        return render(request, "conversations/confirm_delete.html", context)
    if conversation.is_temporary:
        conversation.delete()
        async_to_sync(PROCESS.hints.publish)({"over": [request.user.pk, str(uuid)]})
        return redirect("conversations:new")
    after = reverse("conversations:history" if from_history else "conversations:new")
    return delete_one(request, conversation, after)
