"""The end of temporary conversations."""

from collections.abc import Iterator

from chatsite.conversations.models import OVER, Conversation
from chatsite.runs.hints import Hint


def delete_over() -> Iterator[Hint]:
    """Delete the temporary conversations whose time is over. Answers that are being written in them stop."""
    for conversation in Conversation.objects.filter(OVER).order_by("pk"):
        if conversation.delete_if(OVER):
            yield {"over": [conversation.owner_id, str(conversation.uuid)]}
