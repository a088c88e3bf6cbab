"""How a run ended, as a value: whoever shows it encodes it."""

from dataclasses import dataclass

from chatsite.conversations.models import Completion, Conversation


@dataclass(slots=True)
class Ended:
    """The run as it was saved, with all that its message shows; its conversation, and whether that is answering still.

    encoded: the event of it, kept by the first who encodes it; all followers share it.
    """

    completion: Completion
    conversation: Conversation
    is_answering: bool
    encoded: str = ""


@dataclass(slots=True)
class Failed:
    """A run whose end cannot be shown, or not yet: a code for programs and a sentence for people."""

    code: str
    detail: str
    encoded: str = ""


End = Ended | Failed


def read_end(completion_id: int) -> Ended | None:
    """The end of a run as the database has it; None when it was deleted. Synchronous."""
    related = Completion.objects.select_related("provider", "prompt_version__prompt", "message__parent")
    completion = related.filter(pk=completion_id).first()
    conversation = Conversation.objects.as_listed(completion.message.conversation_id) if completion else None
    if not completion or not conversation:
        return None
    # A template that is rendered beside the event loop cannot ask the database for them.
    _ = completion.message.siblings
    return Ended(completion, conversation, conversation.is_answering)
