"""A completion: one run that writes an answer, and the log of what it has written."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from chatsite.completions.thinking import read_apart
from chatsite.conversations.models.outcome import Outcome
from chatsite.prompts.models import SystemPromptVersion
from chatsite.providers.models import Provider

# An ended run's log is only read by those who were following it.
CONTINUE_WITHIN = timedelta(minutes=15)
LOG_KEPT_FOR = timedelta(minutes=10)

# A claim that takes longer had to wait for a lock, or for a machine that stood still.
MAX_WAIT_SECONDS = 2

ORPHANED = "The answer was interrupted: the process that was writing it had not been heard of for 10 seconds."
DEACTIVATED = "The answer was stopped, because the account was deactivated."


class Status(models.TextChoices):
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Heartbeat(NamedTuple):
    """A sign of life of a running answer. Another heartbeat, or another attempt, is another sign."""

    completion: int
    heartbeat: datetime
    attempt: int


class CompletionQuerySet(models.QuerySet):
    def streaming(self):
        return self.filter(status=Status.STREAMING)

    def unfinished(self):
        """Those that are being written, or were interrupted and may be continued."""
        return self.filter(status__in=(Status.STREAMING, Status.INTERRUPTED))

    def heartbeats(self, ours: Collection[int]) -> list[Heartbeat]:
        """The newest sign of life of each running answer that others write. `ours`: the runs of this process."""
        rows = self.streaming().values_list("pk", "heartbeat", "attempt")
        return [Heartbeat(*row) for row in rows if row[0] not in ours]

    def running_of(self, person):
        """A query for how many answers of this person are being written; none where nobody's is. All that are being
        written are few, while one person's messages may be many: so the database does not begin at those."""
        mine = Count("pk", filter=Q(message__conversation__owner=person))
        return self.streaming().values("status").annotate(running=mine).values("running")

    def answering(self, user) -> list[UUID]:
        """Return the uuids of this user's conversations that are being answered. Begins where `running_of` does."""
        rows = self.streaming().values_list("message__conversation__owner", "message__conversation__uuid")
        return list({conversation for owner, conversation in rows if owner == user.pk})

    def stop_of_deactivated(self) -> None:
        """Ask for the end of the running answers of people whose account was deactivated."""
        theirs = self.streaming().filter(message__conversation__owner__is_active=False, stop_requested=False)
        # Most often there are none, and a statement that writes would wait for others that do.
        if found := list(theirs.values_list("pk", flat=True)):
            self.streaming().filter(pk__in=found).update(stop_requested=True, error=DEACTIVATED)

    def interrupted_once(self):
        """Runs that were interrupted lately, each the only one of its message, at the end of what is shown to an
        active person who did not ask for the end."""
        lately = self.filter(status=Status.INTERRUPTED, finished__gt=Now() - CONTINUE_WITHIN)
        lately = lately.filter(stop_requested=False)
        lately = lately.filter(message__conversation__owner__is_active=True)
        shown = lately.filter(message__conversation__head=F("message"))
        return shown.annotate(completions=Count("message__completions")).filter(completions=1)

    def claim(self, beat: Heartbeat, why: str) -> "Completion | None":
        """End a run that nobody writes any more, with what its log holds; None if it has shown another sign of life,
        or has ended, or if the database made this wait, as it may have made the run's own process wait.

        A run that was asked to stop ends as stopped, any other as interrupted, with `why` as its sentence.
        """
        begun = time.monotonic()
        with transaction.atomic():
            completion = self._unheard(beat)
            if completion is None or time.monotonic() - begun > MAX_WAIT_SECONDS:
                transaction.set_rollback(True)
                return None
            if completion.stop_requested:
                completion.finish_as_logged(Status.STOPPED)
            else:
                completion.finish_as_logged(Status.INTERRUPTED, "interrupted", why)
        return completion

    def can_claim(self, beat: Heartbeat) -> bool:
        """Whether a claim would be let through now, and without having to wait. Changes nothing."""
        begun = time.monotonic()
        with transaction.atomic():
            completion = self._unheard(beat)
            transaction.set_rollback(True)
        return completion is not None and time.monotonic() - begun <= MAX_WAIT_SECONDS

    def _unheard(self, beat: Heartbeat) -> "Completion | None":
        """The run, taken away from its writer, if this is still its newest sign of life."""
        # Changes nothing, and waits for the locks on the log that its writer may be waiting for.
        LogEntry.objects.filter(completion=beat.completion, offset__lt=0).update(offset=0)
        mine = self.streaming().filter(pk=beat.completion, attempt=beat.attempt)
        if not mine.update(attempt=beat.attempt + 1):
            return None
        completion = self.select_related("message__conversation").get(pk=beat.completion)
        return completion if completion.heartbeat == beat.heartbeat else None


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
    dropped_prompt = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="The prompt that the conversation had, and its owner could no longer use.",
    )
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

    started = models.DateTimeField(default=timezone.now, editable=False)
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
    def can_continue(self) -> bool:
        """Whether the answer ended before its end, so that another run can continue it."""
        if self.error_kind == "limit":
            return False
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
        with transaction.atomic(savepoint=False):
            mine = Completion.objects.streaming().filter(pk=self.pk, attempt=self.attempt)
            if not mine.update(**outcome.columns()):
                return False
            type(self.message).objects.filter(pk=self.message_id).update(
                text=outcome.text, reasoning=outcome.reasoning
            )
            self.message.conversation.touch()
        return True

    def finish_as_logged(self, status: str, error_kind: str = "", error: str = "") -> bool:
        """End the run with the text that its log holds; False when it has ended already."""
        text, reasoning = self.logged()
        whole = {"text": self.base + text, "reasoning": self.message.reasoning + reasoning}
        return self.finish(Outcome(status, **whole, error_kind=error_kind, error=error))

    def logged(self) -> tuple[str, str]:
        """The text and the reasoning that the log holds."""
        return read_apart(self.log.order_by("offset").values_list("kind", "text"))


class LogEntryQuerySet(models.QuerySet):
    def outlived(self):
        """Log rows of runs that ended long enough ago for every follower to have read them."""
        return self.filter(completion__finished__lt=Now() - LOG_KEPT_FOR)


class LogEntry(models.Model):
    """One batch of a run's log. `offset` counts the characters of the log before it."""

    class Kind(models.TextChoices):
        TEXT = "text"
        REASONING = "reasoning"

    completion = models.ForeignKey(Completion, models.CASCADE, related_name="log")
    offset = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.TEXT)
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["completion", "offset"], name="one_log_entry_an_offset"),
        ]

    def __str__(self) -> str:
        return f"{self.completion_id}@{self.offset}: {self.text[:40]}"
