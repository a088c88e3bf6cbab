"""The pages of imports: upload, progress, report."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from chatsite.conversations.models import Conversation
from chatsite.history.exchange import reports, upload_paths, uploads
from chatsite.history.exchange.models import Import, ImportItem
from chatsite.history.exchange.queue import IMPORTS
from chatsite.history.listing import side_list

ITEMS_A_PAGE = 100
IMPORTS_LISTED = 20


@login_required
@require_safe
def imports(request):
    return _imports(request)


def _imports(request, refused: str = "", status: int = 200):
    context = {
        "imports": Import.objects.of(request.user).with_outcome().newest_first()[:IMPORTS_LISTED],
        "token": upload_paths.token(request.user.pk),
        "has_room": uploads.has_room(request.user),
        "too_many": uploads.TOO_MANY,
        "max_bytes": uploads.MAX_UPLOAD_BYTES,
        "too_large": uploads.TOO_LARGE,
        "refused": refused,
    }
    return render(request, "history/imports.html", context | side_list(request), status=status)


@login_required
def upload(request, token: str):
    if request.method != "POST":  # a person who was signed out meanwhile comes here from the sign-in page
        return redirect("exchange:imports")
    if not upload_paths.is_for(token, request.user.pk):
        return _imports(request, "This page was open for too long. Choose the file again.", 403)
    try:
        work = uploads.keep(request.user, request.FILES.get("file"))
    except uploads.Refused as refused:
        return _imports(request, str(refused), 422)
    IMPORTS.wake()
    return redirect("exchange:report", work.uuid)


@login_required
@require_safe
def report(request, uuid: UUID):
    """The progress of the import, and its report."""
    work = _own(request, uuid)
    # While it runs, its page polls each second, and shows only the counts.
    totals = reports.NOTHING if work.is_open else reports.totals(work)
    shown = work.items.none() if work.is_open else work.items.order_by("number")
    outcome = request.GET.get("outcome", "")
    if outcome in ImportItem.Outcome:
        shown = shown.filter(outcome=outcome)
    items = list(shown.filter(number__gt=_number(request.GET.get("after", "")))[: ITEMS_A_PAGE + 1])
    context = {
        "work": work,
        "counts": work.counts(),
        "source": reports.SOURCES.get(work.source, work.source),
        "problems": reports.problems(work),
        "skipped": reports.in_words(totals["conversation"], reports.CONVERSATIONS),
        "messages_skipped": reports.in_words(totals["message"], reports.MESSAGES),
        "notes": reports.in_words(totals["notes"], reports.NOTES),
        "items": [_described(item) for item in _linked(request, items[:ITEMS_A_PAGE])],
        "more": items[ITEMS_A_PAGE - 1].number if len(items) > ITEMS_A_PAGE else 0,
        "outcome": outcome,
    }
    return render(request, "history/import.html", context | side_list(request))


@login_required
@require_safe
def report_json(request, uuid: UUID):
    work = _own(request, uuid)
    response = JsonResponse(reports.as_json(work), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="import-report.json"'
    return response


@login_required
@require_POST
def resume(request, uuid: UUID):
    _own(request, uuid).resume()
    IMPORTS.wake()
    return redirect("exchange:report", uuid)


@login_required
@require_POST
def discard(request, uuid: UUID):
    _own(request, uuid).discard()
    return redirect("exchange:report", uuid)


def _own(request, uuid: UUID) -> Import:
    return get_object_or_404(Import.objects.of(request.user), uuid=uuid)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _linked(request, items: list[ImportItem]) -> list[ImportItem]:
    """The items, each with `is_there`: whether its conversation still is."""
    uuids = [item.conversation for item in items if item.conversation]
    found = Conversation.objects.of(request.user).filter(uuid__in=uuids)
    there = set(found.values_list("uuid", flat=True))
    for item in items:
        item.is_there = item.conversation in there
    return items


def _described(item: ImportItem) -> ImportItem:
    """The item with its reasons in words."""
    item.why = reports.CONVERSATIONS.get(item.reason, item.reason)
    item.lost = reports.in_words(item.skipped, reports.MESSAGES)
    item.changed = reports.in_words(item.notes, reports.NOTES)
    return item
