"""Questions of past conversations that may be tried again, and what of these is sent.

Own conversations may be tried, and answers whose owners share them with the editors of prompts: of such a one, only its
question is sent. For all others, the permission to read what people said is needed, and a reason that the owner sees.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from chatsite.conversations.models import Conversation, Feedback, Message, Role, Status
from chatsite.prompts.models.version import estimated_tokens

MAX_QUESTIONS = 20
MAX_SHOWN_CHARACTERS = 160
KEPT_CONVERSATION: dict[str, None] = {"conversation__deleted": None, "conversation__temporary_until": None}
UUID_IN_LINK = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A person's message that may be tried again. answer: the newest one that it got. is_shared: by feedback."""

    message: Message
    answer: Message | None
    is_shared: bool = False

    @property
    def pk(self) -> int:
        return self.message.pk

    @property
    def shown(self) -> str:
        """The first words."""
        text = " ".join(self.message.text.split())
        return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS].rstrip()}…"

    @property
    def messages(self) -> list[dict[str, str]]:
        """What is sent: the history up to the question, never later turns; of a shared one the question alone."""
        if self.is_shared:
            return [{"role": Role.USER, "text": self.message.text}]
        history = self.message.conversation.history(self.message)
        return [{"role": item.role, "text": item.text} for item in history]

    @property
    def tokens(self) -> int:
        """An estimate of its own; what was said before is not read for it."""
        return estimated_tokens(self.message.text)

    @property
    def completion(self):
        return self.answer.completion if self.answer else None


def own_questions(user) -> list[Question]:
    """Return the newest questions of the person's newest conversations."""
    newest = Conversation.objects.of(user).order_by("-updated").values_list("pk", flat=True)[:MAX_QUESTIONS]
    return _questions(Message.objects.filter(conversation__in=list(newest)).order_by("-pk"))


def questions_in(conversation: Conversation) -> list[Question]:
    """Return the newest questions of a conversation."""
    return _questions(Message.objects.filter(conversation=conversation).order_by("-pk"))


def shared_questions(prompt) -> list[Question]:
    """Return the questions of answers of this prompt that people share with its editors."""
    shared = Feedback.objects.readable().filter(message__completions__prompt_version__prompt=prompt)
    found = shared.order_by("-given").values_list("message", flat=True)[:MAX_QUESTIONS]
    answers = Message.objects.filter(pk__in=list(found), parent__role=Role.USER).order_by("-pk")
    answers = answers.with_completions().select_related("parent__conversation__owner")
    return [Question(each.parent, each, is_shared=True) for each in answers]


def question(pk: int) -> Question | None:
    """Return any person's question. Who may try it is decided elsewhere."""
    found = _questions(Message.objects.filter(pk=pk, **KEPT_CONVERSATION))
    return found[0] if found else None


def is_shared(pk: int) -> bool:
    """Whether the owner of this question shares it with the editors of prompts."""
    return bool(Feedback.objects.readable().filter(message__parent=pk).exists())


def conversation_named(text: str) -> Conversation | None:
    """Return the conversation of a link or an id, of any owner, unless it is deleted or temporary."""
    found = UUID_IN_LINK.search(text)
    if not found:
        return None
    kept = Conversation.objects.filter(deleted=None, temporary_until=None).select_related("owner")
    return kept.filter(uuid=UUID(found[0])).first()


def _questions(messages: QuerySet) -> list[Question]:
    asked = messages.filter(role=Role.USER).exclude(text="")
    found = list(asked.select_related("conversation__owner")[:MAX_QUESTIONS])
    answers = _newest_answers(found)
    return [Question(each, answers.get(each.pk)) for each in found]


def _newest_answers(questions: Iterable[Message]) -> dict[int, Message]:
    answers = Message.objects.filter(parent__in=questions, role=Role.ASSISTANT)
    ended = answers.exclude(completions__status=Status.STREAMING).order_by("pk").with_completions()
    return {answer.parent_id: answer for answer in ended}
