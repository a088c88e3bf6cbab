"""What a share shows: the messages with text of the branch that is shown at that moment."""

from collections.abc import Iterator
from itertools import islice

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from chatsite.conversations.models import Conversation, Message
from chatsite.history.exchange.export_queries import shown_branch
from chatsite.history.sharing.models import Share, SharedMessage

MESSAGES_AT_ONCE = 200


def shareable(conversation: Conversation) -> int:
    """Count the messages that a share would show now."""
    history = conversation.history(conversation.head) if conversation.head else []
    return sum(1 for item in history if item.text.strip())


def take(share: Share) -> None:
    """Store the share with its conversation as it is now. Raises Http404 where that was deleted."""
    with transaction.atomic():
        # No deletion and no other update of the share comes in between.
        found = Conversation.objects.select_for_update(no_key=True).filter(pk=share.conversation_id).first()
        if found is None or _was_revoked(share):
            raise Http404
        share.title, share.as_of = found.title, timezone.now()
        share.save()
        share.messages.all().delete()
        share.count = _store(share, _copies(share, found))
        share.save(update_fields=["count"])


def _was_revoked(share: Share) -> bool:
    return share.pk is not None and not Share.objects.filter(pk=share.pk).exists()


def _store(share: Share, copies: Iterator[SharedMessage]) -> int:
    count = 0
    while part := list(islice(copies, MESSAGES_AT_ONCE)):
        SharedMessage.objects.bulk_create(part)
        count += len(part)
    return count


def _copies(share: Share, conversation: Conversation) -> Iterator[SharedMessage]:
    said = (message for message in shown_branch(conversation) if not message.is_blank)
    for number, message in enumerate(said):
        yield SharedMessage(
            share=share,
            number=number,
            role=message.role,
            model=message.completion.model if message.completion else "",
            text=message.text,
            reasoning=_reasoning(message) if share.with_reasoning else "",
        )


def _reasoning(message: Message) -> str:
    return message.reasoning if message.has_reasoning else ""
