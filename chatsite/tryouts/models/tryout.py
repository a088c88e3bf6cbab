"""Tryouts: messages that were tried. They are not part of any conversation."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from chatsite.conversations.models import HistoryItem, Message
from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.prompts.models.case import MAX_CASE_NAME_CHARACTERS, HasCheck
from chatsite.tryouts.models.case_run import CaseRun
from chatsite.tryouts.models.status import RUNNING

MAX_AGE = timedelta(days=30)
# The runs of cases, which have a bound of their own, do not count.
MAX_TRYOUTS_PER_USER = 500


class TryoutQuerySet(models.QuerySet):
    def of(self, user) -> "TryoutQuerySet":
        """Return a person's own, without those on conversations that their owners have deleted."""
        return self.filter(owner=user, question__conversation__deleted=None)

    def expired(self) -> "TryoutQuerySet":
        return self.filter(made__lt=timezone.now() - MAX_AGE)

    def surplus(self, user) -> "TryoutQuerySet":
        """Return a person's oldest ones that are more than are kept, but none that is still being answered."""
        mine = self.filter(owner=user, case_run=None)
        newest = mine.order_by("-pk").values("pk")[:MAX_TRYOUTS_PER_USER]
        return mine.exclude(pk__in=newest).exclude(answers__status__in=RUNNING)


class Tryout(HasCheck):
    """One press of “Try”. messages: what was said, the first one first, as `[{"role": "user", "text": "…"}, …]`.

    question: the last of these messages, where they come from a conversation. The tryout is deleted with it.
    """

    class Sources(models.TextChoices):
        TYPED = "typed", "typed"
        CASE = "case", "a case"
        PAST = "past", "a past conversation"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    prompt = models.ForeignKey(SystemPrompt, models.CASCADE, related_name="tryouts")
    made = models.DateTimeField(default=timezone.now, db_index=True)
    # Of the page on which “Try” was pressed: pressed twice, it is one tryout.
    press = models.UUIDField(null=True, editable=False)
    source = models.CharField(max_length=5, choices=Sources, default=Sources.TYPED)
    messages = models.JSONField()
    question = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="tryouts")

    # Of a case, also where it was changed or deleted since: its name, and its check in the columns of `HasCheck`.
    case = models.ForeignKey(PromptCase, models.SET_NULL, null=True, blank=True, related_name="tryouts")
    case_name = models.CharField(max_length=MAX_CASE_NAME_CHARACTERS, blank=True, default="")
    case_run = models.ForeignKey(CaseRun, models.CASCADE, null=True, blank=True, related_name="tryouts")

    objects = TryoutQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "press"], name="one_tryout_a_press")]

    def __str__(self) -> str:
        return f"{self.prompt} tried at {self.made:%Y-%m-%d %H:%M}"

    @property
    def history(self) -> list[HistoryItem]:
        """The messages as a model receives them."""
        return [HistoryItem(each["role"], each["text"]) for each in self.messages]
