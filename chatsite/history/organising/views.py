"""Doing something with selected conversations, and undoing it, by forms and by scripts."""

from urllib.parse import urlsplit
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from chatsite.conversations.models import Conversation, Folder
from chatsite.history.organising import acts, sentences, trash
from chatsite.history.organising.acts import Done
from chatsite.history.organising.list_filters import own_folder
from chatsite.history.organising.models import Kind
from chatsite.history.organising.selection import selected
from chatsite.runs.process import PROCESS

# Deletes deleted conversations for good. It is not an act: nothing undoes it.
PURGE = "purge"


@login_required
@require_POST
def act(request):
    """Do `act` with the selected conversations. `to`: the folder to move them to; empty takes them out of theirs.

    A script that accepts JSON gets the sentence, and where to undo it; a form goes back to `next`, which shows both.
    """
    kind = request.POST.get("act", "")
    if kind == PURGE:
        return _purge(request)
    if kind not in Kind:
        return _refused(request, "This cannot be done with conversations.", status=400)
    if not _has_selection(request):
        return _refused(request, sentences.SELECT_SOME)
    try:
        folder = _target(request) if kind == Kind.MOVE else None
        conversations = selected(request.user, request.POST)
    except Http404:
        return _refused(request, sentences.NO_FOLDER)
    if kind == Kind.DELETE:
        return _answer(request, trash.delete(request.user, conversations))
    return _answer(request, acts.do(request.user, Kind(kind), conversations, folder))


def delete_one(request, conversation: Conversation, after: str) -> HttpResponseRedirect:
    """Delete a conversation, and go to the page `after`, which offers to undo it."""
    done = trash.delete(request.user, Conversation.objects.filter(pk=conversation.pk))
    _notify(request.user.pk, done, is_many=False)
    messages.success(request, done.sentence, extra_tags=str(done.undo or ""))
    return HttpResponseRedirect(_with_undo(after, done.undo))


@login_required
@require_POST
def act_on_one(request, uuid: UUID):
    """Do `act` with this conversation."""
    request.POST = request.POST.copy()
    request.POST.setlist("conversation", [str(uuid)])
    request.POST.setdefault("to", request.GET.get("to", ""))
    if request.POST.get("act") == Kind.DELETE and urlsplit(_next(request)).path == _page_of(uuid):
        request.POST["next"] = reverse("conversations:new")
    return act(request)


@login_required
@require_POST
def undo(request, uuid: UUID):
    return _answer(request, acts.undo(request.user, uuid))


def _purge(request):
    """Ask whether to delete them for good, and do it once the form says so."""
    if not _has_selection(request):
        return _refused(request, sentences.SELECT_SOME)
    conversations = selected(request.user, request.POST)
    if "sure" not in request.POST:
        fields = [(name, text) for name, texts in request.POST.lists() for text in texts]
        context = {
            "fields": [(name, text) for name, text in fields if name not in ("csrfmiddlewaretoken", "sure")],
            "count": trash.deleted_among(request.user, conversations).count(),
            "back": _next(request),
        }
        return render(request, "history/confirm_purge.html", context)
    count = trash.delete_for_good(request.user, conversations)
    return _answer(request, Done(sentences.purged(count)), is_many=count > 0)


def _target(request) -> Folder | None:
    return own_folder(request.user, request.POST["to"]) if request.POST.get("to") else None


def _has_selection(request) -> bool:
    return any(request.POST.get(name) for name in ("all", "conversation", "conversations"))


def _answer(request, done: Done, is_many: bool = False):
    _notify(request.user.pk, done, is_many)
    if request.accepts("text/html"):
        messages.success(request, done.sentence, extra_tags=str(done.undo or ""))
        return HttpResponseRedirect(_with_undo(_next(request), done.undo))
    url = reverse("conversations:undo", args=[done.undo]) if done.undo else None
    return JsonResponse({"sentence": done.sentence, "undo": url, "done": done.undo})


def _refused(request, sentence: str, status: int = 422):
    if request.accepts("text/html") and status != 400:
        messages.error(request, sentence)
        return HttpResponseRedirect(_next(request))
    if request.accepts("text/html"):
        return HttpResponse(sentence, status=status, content_type="text/plain")
    return JsonResponse({"sentence": sentence, "undo": None}, status=status)


def _notify(user_id: int, done: Done, is_many: bool) -> None:
    """Notify the person's open pages at once."""
    if is_many or len(done.conversations) > 1:
        async_to_sync(PROCESS.hints.publish)({"many": user_id})
    elif done.conversations:
        async_to_sync(PROCESS.hints.publish)({"changed": done.conversations[0]})


def _page_of(uuid: UUID) -> str:
    return reverse("conversations:detail", args=[uuid])


def _with_undo(url: str, act: UUID | None) -> str:
    """Return the address of a page that offers to undo this act, also when it is loaded again."""
    parts = urlsplit(url)
    query = QueryDict(parts.query, mutable=True)
    query.pop(acts.DONE, None)
    if act:
        query[acts.DONE] = str(act)
    return parts._replace(query=query.urlencode()).geturl()


def _next(request) -> str:
    """Return the page to go back to, which is one of this site."""
    url: str = request.POST.get("next", "")
    # In this order: not every text can be split.
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts=None) and urlsplit(url).path.startswith("/")
    return url if is_ours else reverse("conversations:history")
