"""The pages of exports, and the files themselves, which are sent while they are made."""

from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBadRequest, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chatsite.conversations.access import open_conversation, own_conversation
from chatsite.conversations.models import Conversation
from chatsite.history.exchange.export_html import plain_page
from chatsite.history.exchange.export_queries import primary_keys
from chatsite.history.exchange.exports import FORMATS, Export, export
from chatsite.history.listing import side_list
from chatsite.history.organising.selection import selected
from chatsite.response_threads import in_threads


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
async def exports(request):
    """The page of exports; with a `format`, the file. A form gets the conversations that it selects, without those of
    other people."""
    if request.method == "POST":
        chosen = await database_sync_to_async(selected)(await request.auser(), request.POST)
        return await _export(request, request.POST.get("format", "json"), chosen)
    if "format" in request.GET:
        return await _export(request, request.GET["format"])
    return await sync_to_async(_page)(request)


@login_required
@require_safe
async def export_one(request, uuid: UUID):
    if "format" in request.GET:
        return await _export(request, request.GET["format"], Conversation.objects.filter(uuid=uuid))
    return await sync_to_async(_page)(request, uuid)


@login_required
@require_safe
async def whole(request, uuid: UUID):
    """All messages of the branch that is shown, on one page without scripts."""
    user = await request.auser()
    conversation = await database_sync_to_async(open_conversation)(user, uuid)
    return _streamed(plain_page(conversation), "text/html; charset=utf-8")


def _page(request, uuid: UUID | None = None):
    conversation = own_conversation(request.user, uuid) if uuid else None
    count = 1 if conversation else Conversation.objects.of(request.user).count()
    context = {"count": count, "conversation": conversation}
    return render(request, "history/exports.html", context | side_list(request))


async def _export(request, form: str, chosen: "QuerySet[Conversation] | None" = None):
    if form not in FORMATS:
        return HttpResponseBadRequest(f"The formats are {', '.join(FORMATS)}.", content_type="text/plain")
    user = await request.auser()
    pks = await database_sync_to_async(primary_keys)(user, chosen)
    if chosen is not None and not pks:
        raise Http404
    # A single page is made of its conversation at once: its name is the title.
    exported = await database_sync_to_async(export)(pks, form, timezone.now())
    return _response(exported)


def _response(exported: Export) -> StreamingHttpResponse:
    response = _streamed(exported.pieces, exported.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(exported.name)}"
    return response


def _streamed(pieces: Iterator[str] | Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(in_threads(pieces), content_type=content_type)
    # Compressing it as it comes would hold the event loop, where all answers are sent.
    response["Content-Encoding"] = "identity"
    response["Cache-Control"] = "no-store"
    return response
