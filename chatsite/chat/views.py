"""The pages of one conversation: a new one, one that is stored, and its messages."""

from urllib.parse import urlencode
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chatsite.chat.commands import read_form
from chatsite.chat.dispatch import Sender, dispatch
from chatsite.chat.errors import refusing, signed_out
from chatsite.chat.find_views import find_page
from chatsite.chat.thread import more, thread
from chatsite.chat.visibility import HIDDEN, see
from chatsite.conversations.access import open_conversation, still_stored
from chatsite.conversations.answer_prompt import readable_prompt
from chatsite.conversations.choices import choices
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import TEMPORARY_GRACE, Conversation, Message
from chatsite.conversations.quotas import warning_for
from chatsite.history.listing import side_list
from chatsite.history.organising.list_filters import own_folder
from chatsite.history.page_parts import part_of
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.permissions import sees_prompts
from chatsite.runs.process import PROCESS

# Statuses of what is refused before there is a page to show it on.
NOT_SENT = {"signed_out": 403, "unavailable": 503, "internal": 500}
SIGN_IN_AGAIN = "Sign in, and send it again."


@login_required
@require_safe
def new(request):
    """The page of a new conversation, which the first message creates; with `temporary`, of one that is not kept, with
    `folder`, in that folder."""
    return _page(request, _new(request, bool(request.GET.get("temporary")), request.GET.get("folder", "")))


@login_required
@require_safe
def detail(request, uuid: UUID):
    """A conversation, or what is found in it."""
    try:
        conversation = open_conversation(request.user, uuid)
    except Http404:
        return _deleted(request, uuid)
    if "find" in request.GET:
        return find_page(request, conversation)
    if conversation.unread and HIDDEN not in request.headers:
        async_to_sync(see)(request.user.pk, uuid)
    return _page(request, conversation)


def _deleted(request, uuid: UUID):
    """The page of a conversation that its owner can restore."""
    conversation = get_object_or_404(Conversation.objects.deleted_by(request.user), uuid=uuid)
    return render(request, "conversations/deleted.html", {"conversation": conversation}, status=404)


@require_POST
def send(request, uuid: UUID):
    """A message from a page without JavaScript. One that is refused comes back, with a sentence that says why."""
    try:
        with refusing():
            return _send(request, uuid)
    except Refusal as refusal:
        status = NOT_SENT[refusal.code]
        reason = f"{refusal} {SIGN_IN_AGAIN}" if refusal.code == "signed_out" else str(refusal)
        not_sent = {"reason": reason, "text": request.POST.get("text", "")}
        return render(None, "conversations/not_sent.html", not_sent, status=status)


def _send(request, uuid: UUID):
    if not request.user.is_authenticated:
        raise signed_out()
    try:
        async_to_sync(dispatch)(read_form(request.POST), Sender(request.user, uuid))
    except Refusal as refusal:
        if refusal.code in NOT_SENT:
            raise
        # Not as a conversation that is being answered, whose page would load again and lose the text.
        stored = Conversation.objects.open_to(request.user).filter(uuid=uuid).first()
        conversation = stored or _new(request, bool(request.POST.get("temporary")))
        return _page(request, conversation, text=request.POST.get("text", ""), notice=str(refusal))
    return redirect("conversations:detail", uuid)


def _new(request, is_temporary: bool, folder: str = "") -> Conversation:
    until = timezone.now() + TEMPORARY_GRACE if is_temporary else None
    new = Conversation(owner=request.user, temporary_until=until)
    if not (folder and new.put_into(own_folder(request.user, folder).uuid)):
        new.system_prompt = SystemPrompt.objects.default_for(request.user)
    return new


def _page(request, conversation: Conversation, **said: str):
    """said: a `text` that was not sent, and a `notice` that says why."""
    # Queried before the messages: a completion that begins in between is then shown twice at most, and never missed.
    newest = conversation.newest_completion_id
    chosen = choices(conversation, request.user)
    context = {
        "conversation": conversation,
        "thread": thread(conversation, request.GET) if conversation.pk else [],
        "newest": newest,
        "sees": _sees(request.user),
        **chosen,
        "limits": warning_for(request.user),
    }
    if said.get("notice") == context["limits"]:
        context["limits"] = ""
    context |= side_list(request)
    # The page of a new conversation follows on one that was deleted.
    back = context["done"].page if context["done"] and not conversation.pk else ""
    return render(request, "conversations/page.html", context | said | {"back": back})


def _sees(user) -> list[str]:
    """Return what the links in Details lead to, for staff who may follow them."""
    if not user.is_staff:
        return []
    may = {"answers": user.has_perm("conversations.view_completion"), "versions": sees_prompts(user)}
    return [name for name, allowed in may.items() if allowed]


@login_required
@require_safe
@part_of("conversations:detail")
def messages(request, uuid: UUID):
    """The messages alone, for a page that loads a part of them."""
    conversation = open_conversation(request.user, uuid)
    context = {"conversation": conversation, "thread": more(conversation, request.GET)}
    return render(request, "conversations/_thread.html", context)


@login_required
@require_POST
def head(request, uuid: UUID):
    """Show the branch through another message."""
    conversation = open_conversation(request.user, uuid)
    try:
        message = conversation.messages.get(uuid=UUID(request.POST.get("message", "")))
    except (ValueError, Message.DoesNotExist) as error:
        raise Http404 from error
    with still_stored():
        conversation.show(message)
    async_to_sync(PROCESS.hints.publish)({"changed": conversation.pk})
    return redirect(conversation)


@login_required
@require_safe
def prompt(request, uuid: UUID):
    """The text of the system prompt that the conversation gets, where people may read it."""
    conversation = open_conversation(request.user, uuid)
    in_force = readable_prompt(conversation)
    if in_force is None:
        raise Http404
    return render(request, "conversations/prompt.html", {"conversation": conversation, "prompt": in_force})


@login_required
@require_safe
def message(request, uuid: UUID, message: UUID):
    """Lead to a message in its conversation, and show the branch that it is on."""
    conversation = open_conversation(request.user, uuid)
    found = get_object_or_404(Message, uuid=message, conversation=conversation)
    if not conversation.shows(found):
        with still_stored():
            conversation.show(found)
        async_to_sync(PROCESS.hints.publish)({"changed": conversation.pk})
    query = {"at": found.uuid} | ({"mark": request.GET["mark"]} if "mark" in request.GET else {})
    return redirect(f"{conversation.get_absolute_url()}?{urlencode(query)}#m-{found.uuid}")


@login_required
@require_safe
def source(request, uuid: UUID, message: UUID):
    """A message's Markdown source."""
    found = get_object_or_404(Message, uuid=message, conversation=open_conversation(request.user, uuid))
    return HttpResponse(found.text, content_type="text/markdown; charset=utf-8")
