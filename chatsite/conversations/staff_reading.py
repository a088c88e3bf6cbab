"""What staff do to read what people said: they need a permission, write why, and the owner sees who read it and why."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.audit.recording import record
from chatsite.conversations.models import Conversation

MAY_READ = "conversations.view_conversation_text"
READ = "read"
MIN_REASON_CHARACTERS = 5


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why do you read it?",
        min_length=MIN_REASON_CHARACTERS,
        max_length=Event.MAX_REASON_CHARACTERS,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        error_messages={"required": "Write why. The owner will read it."},
    )


def read(admin, request, pk: int):
    """GET asks for the reason. POST records the event and shows the conversation."""
    if not request.user.has_perm(MAY_READ):
        raise PermissionDenied
    conversation = Conversation.objects.select_related("owner").filter(pk=pk).first()
    if conversation is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    messages = []
    if request.method == "POST" and form.is_valid():
        keep_event(READ, request, conversation, form.cleaned_data["reason"])
        messages = conversation.messages.with_completions().order_by("pk")
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "What was said",
        "conversation": conversation,
        "form": form,
        "said": messages,
    }
    return TemplateResponse(request, "admin/conversations/conversation/texts.html", context)


@transaction.atomic
def keep_event(verb: str, request, conversation: Conversation, reason: str) -> None:
    """Keep who read a conversation, and point it out to its owner. Its title is what was said, too, so the event does
    not have it."""
    record(verb, conversation, request=request, owner=conversation.owner, reason=reason)
    Conversation.objects.filter(pk=conversation.pk).update(read_by_staff=timezone.now())
