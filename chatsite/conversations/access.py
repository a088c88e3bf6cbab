"""Access to a conversation: only its owner has it."""

from uuid import UUID

from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404

from chatsite.conversations.models import Conversation


def own_conversation(user: User, uuid: UUID) -> Conversation:
    """Return the person's conversation, with what its page needs. Raises Http404, also for a stranger's."""
    own = Conversation.objects.of(user).with_answering().select_related("system_prompt__live", "head")
    conversation: Conversation = get_object_or_404(own, uuid=uuid)
    return conversation
