"""How a run ended, as a value. What shows it encodes it."""

from dataclasses import dataclass

from channels.db import database_sync_to_async

from chatsite.conversations.listing import as_listed
from chatsite.conversations.models import Completion, Conversation


@dataclass(slots=True)
class Ended:
    """A completion as it was saved, with all that its message shows.

    is_answering: whether another answer is being written in its conversation.
    encoded: the event, kept by the first follower that encodes it; all followers share it.
    """

    completion: Completion
    conversation: Conversation
    is_answering: bool
    encoded: str = ""


@dataclass(slots=True)
class Failed:
    """An end that cannot be shown, or not yet: a code for programs and a sentence for people."""

    code: str
    detail: str
    encoded: str = ""


End = Ended | Failed


def ended(completion: Completion) -> Ended:
    """Return the end of a run that this process has just saved."""
    conversation = completion.message.conversation
    return Ended(completion, conversation, conversation.is_answering)


@database_sync_to_async
def read_end(completion_id: int) -> Ended | None:
    """Return the end of a run from the database; None when it was deleted."""
    related = Completion.objects.select_related("provider", "prompt_version__prompt", "message__parent")
    completion = related.filter(pk=completion_id).first()
    conversation = as_listed(completion.message.conversation_id) if completion else None
    if not completion or not conversation:
        return None
    # The template is rendered on the event loop, where it must not query the database.
    _ = completion.message.siblings, completion.message.feedback
    return Ended(completion, conversation, conversation.is_answering)
