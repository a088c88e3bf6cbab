"""The pages where folders are made, renamed and deleted."""

from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatsite.conversations.models import Folder
from chatsite.history.listing import side_list
from chatsite.history.organising.acts import lock
from chatsite.history.organising.forms import TAKEN, FolderForm
from chatsite.history.organising.list_filters import ListFilter, list_filter_of, own_folder
from chatsite.history.page_parts import part_of
from chatsite.prompts.models import SystemPrompt
from chatsite.runs.process import PROCESS

TOO_MANY = f"You have {Folder.MAX_FOLDERS} folders, the most there can be. Delete one first."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folders(request):
    """All folders; a POST makes one."""
    if request.method != "POST":
        return _page(request)
    if Folder.objects.of(request.user).count() >= Folder.MAX_FOLDERS:
        return _page(request, TOO_MANY, request.POST.get("name", ""))
    problem = _save(FolderForm(request.user, Folder(), request.POST))
    if problem:
        return _page(request, problem, request.POST.get("name", ""))
    return redirect("conversations:folders")


@login_required
@require_POST
def change(request, uuid: UUID):
    """Rename a folder, and choose its default system prompt."""
    folder = own_folder(request.user, uuid)
    problem = _save(FolderForm(request.user, folder, request.POST))
    if problem:
        return _page(request, problem, changed=folder)
    messages.success(request, "The folder was changed.")
    return redirect("conversations:folders")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request, uuid: UUID):
    """Ask for confirmation; then delete the folder. Its conversations stay."""
    folder = own_folder(request.user, uuid)
    if request.method != "POST":
        return render(request, "history/confirm_delete_folder.html", {"folder": folder})
    with transaction.atomic():
        lock(request.user)
        folder.conversations.update(folder=None, changed=Now())
        folder.delete()
    _notify(request.user.pk)
    messages.success(
        request, f"The folder “{folder.name}” was deleted. Its conversations are in no folder now."
    )
    return redirect("conversations:folders")


@login_required
@require_safe
@part_of("conversations:history")
def lists(request):
    """What names folders on the page with this query, for a script that keeps it current. `conversation`: the one that
    the page shows."""
    try:
        list_filter = list_filter_of(request.user, request.GET)
    except Http404:  # the folder was deleted
        list_filter = ListFilter()
    context = {
        "list_filter": list_filter,
        "folders": Folder.objects.of(request.user),
        "typed": request.GET.get("q", "").strip(),
        "item": _uuid(request.GET.get("conversation", "")),
    }
    return render(request, "history/folder_lists.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _save(form: FolderForm) -> str:
    """Save the folder. Returns what is wrong, if anything."""
    if not form.is_valid():
        return form.problem
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:  # the same name came at the same time
        return TAKEN
    _notify(form.user.pk)
    return ""


def _notify(user_id: int) -> None:
    """Notify the person's open pages at once: their lists and menus name folders."""
    async_to_sync(PROCESS.hints.publish)({"many": user_id, "folders": user_id})


def _page(request, problem: str = "", name: str = "", changed: Folder | None = None):
    own = Folder.objects.of(request.user).select_related("system_prompt")
    kept = Count("conversations", filter=Q(conversations__deleted=None))
    context = {
        "own": own.annotate(count=kept),
        "prompts": SystemPrompt.objects.usable_by(request.user),
        "problem": problem,
        "name": name,
        "changed": changed,
        "max_characters": Folder.MAX_NAME_CHARACTERS,
    }
    status = 422 if problem else 200
    return render(request, "history/folders.html", context | side_list(request), status=status)
