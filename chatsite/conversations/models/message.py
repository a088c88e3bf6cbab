"""A message: one node of a conversation's tree."""

from copy import copy
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import models
from django.db.models import ExpressionWrapper, F
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chatsite.conversations.models.siblings import SIBLINGS, SIBLINGS_OF_FIRST, Siblings
from chatsite.rendering import HTML_CACHE, render
from chatsite.statements import Given, Select, Update


class Role(models.TextChoices):
    USER = "user"
    ASSISTANT = "assistant"


class HistoryItem(NamedTuple):
    """What a model receives of a message."""

    role: str
    text: str


OWNER_WITHOUT_INDEX = ExpressionWrapper(F("conversation__owner") + 0, output_field=models.BigIntegerField())


class MessageQuerySet(models.QuerySet):
    def of(self, user):
        """Return the messages of this person's conversations, without deleted and temporary ones."""
        return self.open_to(user).filter(conversation__temporary_until=None)

    def among(self, pks, owner):
        """Return those of these messages that are the owner's, as `of` does. SQLite would go through all conversations
        of the owner, if it could use their index: it does not know how many there are."""
        shown = self.filter(pk__in=pks, conversation__deleted=None, conversation__temporary_until=None)
        return shown.alias(owner=OWNER_WITHOUT_INDEX).filter(owner=owner)

    def open_to(self, user):
        """Return the messages of the conversations whose page this person may open."""
        return self.filter(conversation__owner=user, conversation__deleted=None)

    def with_completions(self):
        """Prefetch the completions of each, and what they name."""
        return self.prefetch_related("completions__provider", "completions__prompt_version__prompt")


class Message(models.Model):
    """A message of a person, which is written once, or an answer, which runs write."""

    uuid = models.UUIDField(unique=True, default=uuid4)
    conversation = models.ForeignKey("Conversation", models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    role = models.CharField(max_length=9, choices=Role)
    text = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    objects = MessageQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.role} {self.uuid}"

    @cached_property
    def html(self) -> SafeString:
        """The text as the page shows it: an answer's Markdown rendered, a person's text as typed.

        While a run writes the answer, its text so far is in the run's log.
        """
        if self.role == Role.USER:
            return escape(self.text)
        if self.completion and self.completion.status == "streaming":
            before = self.text[: self.completion.text_before]
            return mark_safe(render(before + self.completion.logged()[0]))
        return mark_safe(HTML_CACHE.html(self.text))

    def with_text(self, text: str, reasoning: str) -> "Message":
        """A copy that has this text, with a copy of its conversation."""
        message = copy(self)
        message.__dict__.pop("html", None)
        message.text, message.reasoning = text, reasoning
        message.conversation = copy(self.conversation)
        return message

    def keep_text(self) -> None:
        """Save the text and the reasoning."""
        TEXT.row(pk=self.pk, text=self.text, reasoning=self.reasoning)

    @property
    def reasoning_html(self) -> SafeString:
        """The reasoning as the page shows it: rendered once it is complete, as plain text before."""
        if self.completion and self.completion.status == "streaming":
            return escape(self.reasoning)
        return mark_safe(HTML_CACHE.html(self.reasoning))

    @property
    def has_begun(self) -> bool:
        """Whether a model has written text or reasoning."""
        return not self.is_blank or self.has_reasoning

    @property
    def has_reasoning(self) -> bool:
        """Whether there is reasoning to show. Models that were asked not to think send a blank line of it."""
        return bool(self.reasoning.strip())

    @property
    def is_blank(self) -> bool:
        """Whether there is no text to show."""
        return not self.text.strip()

    @property
    def is_all_reasoning(self) -> bool:
        """Whether an answer is complete, and all of it is reasoning."""
        completion = self.completion
        ended = completion and completion.status == "complete" and not completion.can_continue
        return bool(ended) and self.is_blank and self.has_reasoning

    @cached_property
    def completion(self):
        """The newest completion of this message; None for a person's."""
        if self.role == Role.USER:
            return None
        return max(self.completions.all(), key=lambda completion: completion.pk, default=None)

    @cached_property
    def siblings(self) -> Siblings:
        """This message among its alternatives. `branch.part` has set it already."""
        row = (OTHER_ANSWERS if self.parent_id else OTHER_BEGINNINGS).row(pk=self.pk)
        return Siblings.between(*row) if row else Siblings()

    @cached_property
    def feedback(self):
        """What its conversation's owner thinks of it; None for nothing. `branch.part` has set it already."""
        return next(iter(self.all_feedback.all()), None)

    @property
    def rating(self) -> int:
        """1 where the conversation's owner called it good, -1 for bad, 0 for neither."""
        return self.feedback.value if self.feedback else 0

    @property
    def parent_uuid(self) -> UUID | None:
        return self.parent.uuid if self.parent else None


def _text() -> tuple[Any, dict[str, Any]]:
    columns = {name: Given(name, Message._meta.get_field(name)) for name in ("text", "reasoning")}
    return Message.objects.filter(pk=Given("pk", Message._meta.pk)), columns


def _siblings(columns: dict[str, Any]) -> Any:
    return Message.objects.filter(pk=Given("pk", Message._meta.pk)).annotate(**columns).values_list(*columns)


OTHER_ANSWERS = Select(lambda: _siblings(SIBLINGS))
OTHER_BEGINNINGS = Select(lambda: _siblings(SIBLINGS_OF_FIRST))
TEXT = Update(_text, "id")
