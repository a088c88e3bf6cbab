"""A completion: one run that writes an answer, and the log of what it has written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.db.models.lookups import LessThan

from chatsite.prompts.models import SystemPromptVersion
from chatsite.providers.models import Provider

# A run renews its heartbeat every few seconds; one this old belongs to a process that is gone.
STALE_AFTER = timedelta(seconds=10)
# An ended run's log is only read by those who were following it.
CONTINUED_WITHIN = timedelta(minutes=15)
LOG_KEPT_FOR = timedelta(minutes=10)
INTERRUPTED = "The answer was interrupted: the site stopped while it was being written."


class Status(models.TextChoices):
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `text` and `reasoning` are the whole message's, `error` a sentence for people."""

    status: str
    text: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    error_kind: str = ""
    error: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    provider: Provider | None = None
    cost: Decimal | None = None
    first_delta: datetime | None = None


class ServerStart(models.Func):
    """When the database server was started; a file, which has none, was always there."""

    template = "pg_postmaster_start_time()"
    output_field = models.DateTimeField()
    arity = 0

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="'1970-01-01 00:00:00'", **context)


class CompletionQuerySet(models.QuerySet):
    def streaming(self):
        return self.filter(status=Status.STREAMING)

    def stale(self):
        """Runs whose process has not been heard of for a while, by the database's clock.

        While the database itself was away none could be heard of, so each has that while again from its start.
        """
        heard_of = self.streaming().filter(heartbeat__lt=Now() - STALE_AFTER)
        return heard_of.filter(LessThan(ServerStart(), Now() - STALE_AFTER))

    def interrupted_once(self):
        """Runs that were interrupted lately, each the only one of its message, at the end of what is shown."""
        lately = self.filter(status=Status.INTERRUPTED, finished__gt=Now() - CONTINUED_WITHIN)
        shown = lately.filter(message__conversation__head=F("message"))
        return shown.annotate(runs=Count("message__completions")).filter(runs=1)

    def interrupt_stale(self, ours: Collection[int] = ()) -> "list[Completion]":
        """Claim the runs that nobody writes any more and end them with the text that was logged.

        ours: the runs that this process writes. They live, though a busy database may long have heard nothing of them.
        """
        stale = self.stale().exclude(pk__in=ours)
        return [run for run in stale.select_related("message") if run.interrupt()]


class Completion(models.Model):
    """One run. `attempt` is the fencing token: a writer that lost it writes nothing more."""

    message = models.ForeignKey("Message", models.CASCADE, related_name="completions")
    status = models.CharField(max_length=11, choices=Status, default=Status.STREAMING)
    attempt = models.PositiveIntegerField(default=1)
    stop_requested = models.BooleanField(default=False)
    heartbeat = models.DateTimeField(db_default=Now())

    model = models.CharField(max_length=200)
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, blank=True)
    prompt_version = models.ForeignKey(SystemPromptVersion, models.PROTECT, null=True, blank=True)
    params = models.JSONField(default=dict, blank=True)
    request_hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the request's JSON.")
    omitted = models.PositiveIntegerField(
        default=0, help_text="Messages at the start that did not fit into the model's context window."
    )

    text_before = models.PositiveIntegerField(
        default=0, help_text="Characters that the message had before this run went on with it."
    )
    finish_reason = models.CharField(max_length=100, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    cached_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    error_kind = models.CharField(max_length=20, blank=True)
    error = models.CharField(max_length=1000, blank=True)

    started = models.DateTimeField(auto_now_add=True)
    first_delta = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=Q(status="streaming"), name="one_running_completion_a_message"
            ),
        ]
        indexes = [
            models.Index(fields=["heartbeat"], condition=Q(status="streaming"), name="running_completions")
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.status}"

    @property
    def duration(self) -> timedelta | None:
        return self.finished - self.started if self.finished else None

    @property
    def can_go_on(self) -> bool:
        """Whether the answer ended before its end, so that another run can continue it."""
        return (
            self.status in (Status.INTERRUPTED, Status.STOPPED, Status.FAILED)
            or self.finish_reason == "length"
        )

    @property
    def base(self) -> str:
        """The message's text before this run."""
        return self.message.text[: self.text_before]

    def finish(self, outcome: Outcome) -> bool:
        """End the run, once: status, text and usage in one transaction.

        Gives False, and changes nothing, when it has ended already or another attempt has taken it over.
        """
        with transaction.atomic():
            mine = Completion.objects.streaming().filter(pk=self.pk, attempt=self.attempt)
            if not mine.update(**self._ending(outcome)):
                return False
            type(self.message).objects.filter(pk=self.message_id).update(
                text=outcome.text, reasoning=outcome.reasoning
            )
            self.message.conversation.touch()
        return True

    def _ending(self, outcome: Outcome) -> dict:
        return {
            "status": outcome.status,
            "finished": Now(),
            "first_delta": outcome.first_delta,
            "finish_reason": outcome.finish_reason[:100],
            "error_kind": outcome.error_kind,
            "error": outcome.error[:1000],
            "prompt_tokens": outcome.prompt_tokens,
            "completion_tokens": outcome.completion_tokens,
            "cached_tokens": outcome.cached_tokens,
            "provider": outcome.provider,
            "cost": outcome.cost,
        }

    def interrupt(self) -> bool:
        """End a run that nobody writes any more, with what its log holds. False when it lives or has ended."""
        with transaction.atomic():
            claimed = Completion.objects.stale().filter(pk=self.pk, attempt=self.attempt)
            if not claimed.update(attempt=self.attempt + 1):
                return False
            self.attempt += 1
            text, reasoning = self.logged()
            return self.finish(
                Outcome(
                    Status.INTERRUPTED,
                    text=self.base + text,
                    reasoning=self.message.reasoning + reasoning,
                    error_kind="interrupted",
                    error=INTERRUPTED,
                    provider=self.provider,
                )
            )

    def logged(self) -> tuple[str, str]:
        """The text and the reasoning that the log holds."""
        parts: dict[str, list[str]] = {Delta.Kind.TEXT: [], Delta.Kind.REASONING: []}
        for kind, text in self.deltas.order_by("offset").values_list("kind", "text"):
            parts[kind].append(text)
        return "".join(parts[Delta.Kind.TEXT]), "".join(parts[Delta.Kind.REASONING])


class DeltaQuerySet(models.QuerySet):
    def outlived(self):
        """Log rows of runs that ended long enough ago for every follower to have read them."""
        return self.filter(completion__finished__lt=Now() - LOG_KEPT_FOR)


class Delta(models.Model):
    """One batch of a run's log. `offset` counts the characters of the log before it."""

    class Kind(models.TextChoices):
        TEXT = "text"
        REASONING = "reasoning"

    completion = models.ForeignKey(Completion, models.CASCADE, related_name="deltas")
    offset = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.TEXT)
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    objects = DeltaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["completion", "offset"], name="one_delta_an_offset"),
        ]

    def __str__(self) -> str:
        return f"{self.completion_id}@{self.offset}: {self.text[:40]}"
