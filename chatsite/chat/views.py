"""The pages: a new conversation, one that is stored, the history."""

import logging
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from chatsite.chat import commands
from chatsite.chat.changes import CHANGES
from chatsite.chat.frames import Frame
from chatsite.conversations.choices import choices
from chatsite.conversations.errors import UNAVAILABLE, Refusal
from chatsite.conversations.models import Conversation, Message
from chatsite.history.listing import listing as list_context
from chatsite.history.listing import side_list
from chatsite.prompts.models import SystemPrompt

logger = logging.getLogger(__name__)

MAX_TITLE = 200
SIGNED_OUT = "You are signed out. Sign in, and send it again."


@login_required
@require_safe
def new(request):
    """An empty page for a conversation that the first message will make."""
    return _page(request, _new(request))


@login_required
@require_safe
def detail(request, uuid: UUID):
    return _page(request, _own(request, uuid))


@require_POST
def send(request, uuid: UUID):
    """A message from a page without JavaScript. One that is refused comes back, and a sentence that says why."""
    try:
        return _send(request, uuid) if request.user.is_authenticated else _not_sent(request, SIGNED_OUT, 403)
    except (InterfaceError, OperationalError):
        logger.exception("The database refused a message.")
        return _not_sent(request, UNAVAILABLE, 503)


def _not_sent(request, reason: str, status: int) -> HttpResponse:
    not_sent = {"reason": reason, "text": request.POST.get("text", "")}
    return render(None, "conversations/not_sent.html", not_sent, status=status)


def _send(request, uuid: UUID):
    text = request.POST.get("text", "").replace("\r\n", "\n")
    chosen = {name: request.POST[name] for name in ("model", "prompt") if name in request.POST}
    frame = Frame({"type": "message.create", "id": str(uuid4()), "text": text, **chosen})
    try:
        async_to_sync(commands.begin)(request.user, uuid, frame)
    except Refusal as refusal:
        # Not as one that is answering, whose page would load again and lose the text.
        conversation = Conversation.objects.of(request.user).filter(uuid=uuid).first() or _new(request)
        return _page(request, conversation, text=text, notice=str(refusal))
    return redirect("conversations:detail", uuid)


def _new(request) -> Conversation:
    prompt = SystemPrompt.objects.default_for(request.user)
    return Conversation(owner=request.user, system_prompt=prompt)


def _page(request, conversation: Conversation, **said: str):
    """said: a `text` that is still to be sent, and a `notice` above it."""
    # Looked up before the messages: a run that begins in between is then fetched once too often, and never missed.
    newest = conversation.newest_run
    thread = conversation.branch() if conversation.pk else []
    context = {
        "conversation": conversation,
        "thread": thread,
        "newest": newest,
        **choices(conversation, request.user),
    }
    return render(request, "conversations/page.html", context | said | side_list(request))


@login_required
@require_safe
def history(request):
    return render(request, "conversations/history.html", list_context(request) | side_list(request))


@login_required
@require_safe
def listing(request):
    """The list alone, for a page that loads on or searches."""
    return render(request, "conversations/_list.html", list_context(request))


@login_required
@require_POST
def rename(request, uuid: UUID):
    conversation = _own(request, uuid)
    title = " ".join(request.POST.get("title", "").replace("\0", "").split())
    if not title:
        return HttpResponse("A title needs at least one letter.", status=400, content_type="text/plain")
    conversation.title = title[:MAX_TITLE]
    conversation.touch("title")
    async_to_sync(CHANGES.announce)(conversation.pk)
    return redirect("conversations:history" if "history" in request.POST else conversation)


@login_required
def delete(request, uuid: UUID):
    """Ask first; then delete the conversation with all its messages."""
    conversation = _own(request, uuid)
    from_history = "history" in request.GET
    if request.method != "POST":
        back = reverse("conversations:history") if from_history else conversation.get_absolute_url()
        context = {"conversation": conversation, "back": back}
        return render(request, "conversations/confirm_delete.html", context)
    conversation.delete()
    async_to_sync(CHANGES.gone)(request.user.pk, uuid)
    messages.success(request, f"“{conversation.title or 'Untitled'}” was deleted.")
    return redirect("conversations:history" if from_history else "conversations:new")


@login_required
@require_POST
def head(request, uuid: UUID):
    """Show the branch that goes through another message."""
    conversation = _own(request, uuid)
    try:
        message = conversation.messages.get(uuid=UUID(request.POST.get("message", "")))
    except (ValueError, Message.DoesNotExist) as error:
        raise Http404 from error
    conversation.show(message)
    async_to_sync(CHANGES.announce)(conversation.pk)
    return redirect(conversation)


@login_required
@require_safe
def source(request, uuid: UUID, message: UUID):
    """A message's own text, as it was written."""
    found = get_object_or_404(Message, uuid=message, conversation=_own(request, uuid))
    return HttpResponse(found.text, content_type="text/markdown; charset=utf-8")


def _own(request, uuid: UUID) -> Conversation:
    """The person's conversation; a stranger's is not there."""
    own = Conversation.objects.of(request.user).with_answering().select_related("system_prompt__live", "head")
    return get_object_or_404(own, uuid=uuid)
