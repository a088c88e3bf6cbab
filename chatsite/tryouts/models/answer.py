"""The answers of tryouts, one for each column of a page."""

from typing import Any

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.safestring import SafeString, mark_safe

from chatsite.conversations.models import Asked, Outcome
from chatsite.prompts.checks import Result
from chatsite.prompts.models import SystemPromptVersion
from chatsite.providers.models import Provider
from chatsite.rendering import HTML_CACHE
from chatsite.tryouts.models.status import RUNNING, Status
from chatsite.tryouts.models.tryout import Tryout
from chatsite.usage import ledger
from chatsite.usage.ledger import Use
from chatsite.usage.models import Source

MAX_WHY_CHARACTERS = 500


class TryoutAnswerQuerySet(models.QuerySet):
    def running(self) -> "TryoutAnswerQuerySet":
        """Return those that wait or are being written."""
        return self.filter(status__in=RUNNING)


class TryoutAnswer(models.Model):
    """One answer to a tryout's messages: a column of its page.

    version: the prompt's version; None for `typed`, a text that was never saved. given: when a person got this answer,
    for one that a past conversation has; None for those that the tryout made. Times are in seconds from the request on.
    asked: what it was asked with, in the process that asks.
    """

    asked = Asked()

    tryout = models.ForeignKey(Tryout, models.CASCADE, related_name="answers")
    version = models.ForeignKey(SystemPromptVersion, models.CASCADE, null=True, blank=True, related_name="+")
    typed = models.TextField(blank=True)
    model = models.CharField(max_length=200)
    given = models.DateTimeField(null=True, blank=True)

    status = models.CharField(max_length=11, choices=Status, default=Status.WAITING)
    stop_requested = models.BooleanField(default=False)
    heartbeat = models.DateTimeField(db_default=Now())

    text = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, blank=True, related_name="+")
    finish_reason = models.CharField(max_length=100, blank=True)
    error_kind = models.CharField(max_length=20, blank=True)
    error = models.CharField(max_length=1000, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    cached_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    first_word_seconds = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    better = models.BooleanField(default=False)
    # Whether it is as the case's check says, and why; None without a check.
    passed = models.BooleanField(null=True, blank=True)
    why = models.CharField(max_length=MAX_WHY_CHARACTERS, blank=True, default="")

    objects = TryoutAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["heartbeat"], condition=models.Q(status__in=RUNNING), name="running_tryout_answers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.model}: {self.status}"

    @property
    def label(self) -> str:
        return f"v{self.version.number}" if self.version else "no prompt" if self.given else "unsaved text"

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def html(self) -> SafeString:
        return mark_safe(HTML_CACHE.html(self.text))

    @property
    def reasoning_html(self) -> SafeString:
        return mark_safe(HTML_CACHE.html(self.reasoning))

    @property
    def was_cut(self) -> bool:
        """Whether the model stopped at its limit of tokens."""
        return self.finish_reason == "length"

    def finish(
        self,
        outcome: Outcome,
        first_word_seconds: float | None = None,
        seconds: float | None = None,
        result: Result | None = None,
    ) -> bool:
        """End it, once: status, text and usage in one transaction. Returns whether it had not ended before."""
        times = {"first_word_seconds": first_word_seconds, "seconds": seconds}
        said = {"text": outcome.text, "reasoning": outcome.reasoning, **_checked(result)}
        with transaction.atomic():
            mine = TryoutAnswer.objects.running().filter(pk=self.pk)
            begun = list(mine.select_for_update().values_list("status", flat=True))
            if not mine.update(**self._columns(outcome), **said, **times):
                return False
            if begun == [Status.STREAMING]:
                ledger.add(self._use(outcome))
        return True

    def _columns(self, outcome: Outcome) -> dict[str, Any]:
        columns = {name: value for name, value in outcome.columns().items() if name != "first_delta"}
        # An admin may have deleted the provider meanwhile.
        exists = outcome.provider and Provider.objects.filter(pk=outcome.provider.pk).exists()
        return columns if exists else {**columns, "provider": None}

    def _use(self, outcome: Outcome) -> Use:
        columns = outcome.columns()
        use = Use(
            person=self.tryout.owner_id,
            model=self.model,
            provider=columns["provider"],
            prompt_version=self.version_id,
            source=Source.TRYOUT,
            failed=outcome.status in (Status.FAILED, Status.INTERRUPTED),
            stopped=outcome.status == Status.STOPPED,
            input_tokens=columns["prompt_tokens"],
            output_tokens=columns["completion_tokens"],
            cached_tokens=columns["cached_tokens"],
            cost=outcome.cost,
        )
        return self.asked.completed(use, outcome.reasoning + outcome.text)


def _checked(result: Result | None) -> dict[str, Any]:
    return {"passed": result.passed, "why": result.why[:MAX_WHY_CHARACTERS]} if result else {}
