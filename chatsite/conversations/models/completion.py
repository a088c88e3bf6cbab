"""A completion: one attempt to write an answer."""

from copy import copy
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q, Subquery, Value
from django.db.models.functions import Coalesce, Now, NullIf
from django.utils import timezone

from chatsite.completions.thinking import read_apart
from chatsite.conversations.models.asked import Asked
from chatsite.conversations.models.completion_queries import CompletionQuerySet
from chatsite.conversations.models.outcome import OUTCOME, Outcome
from chatsite.conversations.models.status import Status
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.providers.models import Provider
from chatsite.statements import Given, Update, moment
from chatsite.usage import ledger
from chatsite.usage.ledger import Use


class Completion(models.Model):
    """One attempt to write an answer. `attempt`: the fencing token; a writer that lost it writes nothing more.

    asked: what it was asked with, in the process that asks.
    """

    asked = Asked()

    message = models.ForeignKey("Message", models.CASCADE, related_name="completions")
    status = models.CharField(max_length=11, choices=Status, default=Status.STREAMING)
    attempt = models.PositiveIntegerField(default=1)
    stop_requested = models.BooleanField(default=False)
    heartbeat = models.DateTimeField(db_default=Now())

    model = models.CharField(max_length=200)
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, blank=True)
    prompt_version = models.ForeignKey(SystemPromptVersion, models.PROTECT, null=True, blank=True)
    prompt_before = models.PositiveIntegerField(
        "version before",
        null=True,
        blank=True,
        help_text="The number of the version that the conversation had, where a release changed it.",
    )
    prompt_released = models.DateTimeField(
        "version in force since",
        null=True,
        blank=True,
        help_text="When the version came into force for the conversation.",
    )
    prompt_values = models.JSONField(
        "values of its variables",
        null=True,
        blank=True,
        help_text="The values of the variables in the system prompt.",
    )
    dropped_prompt = models.CharField(
        "prompt left out",
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="The prompt that the conversation had, and its owner may not use any more.",
    )
    params = models.JSONField("parameters", default=dict, blank=True)
    request_hash = models.CharField(
        "hash of the request", max_length=64, blank=True, help_text="SHA-256 of the request's JSON."
    )
    omitted = models.PositiveIntegerField(
        "messages left out",
        default=0,
        help_text="Messages at the start that did not fit into the model's context window.",
    )

    text_before = models.PositiveIntegerField(
        "characters before",
        default=0,
        help_text="Characters that the message had before this answer continued it.",
    )
    finish_reason = models.CharField("ended with", max_length=100, blank=True)
    prompt_tokens = models.PositiveIntegerField("tokens read", null=True, blank=True)
    completion_tokens = models.PositiveIntegerField("tokens written", null=True, blank=True)
    cached_tokens = models.PositiveIntegerField("tokens from cache", null=True, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    error_kind = models.CharField("kind of failure", max_length=20, blank=True)
    error = models.CharField("failure", max_length=1000, blank=True)

    started = models.DateTimeField(default=timezone.now, editable=False)
    first_delta = models.DateTimeField("first words", null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = "answer"
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=Q(status="streaming"), name="one_running_completion_a_message"
            ),
        ]
        indexes = [
            models.Index(fields=["prompt_version", "started"], name="answers_of_a_version"),
            models.Index(fields=["heartbeat"], condition=Q(status="streaming"), name="running_completions"),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.status}"

    @property
    def duration(self) -> timedelta | None:
        return self.finished - self.started if self.finished else None

    @property
    def seconds(self) -> str | None:
        """How many seconds it took, to a tenth, as pages show it."""
        return f"{self.duration.total_seconds():.1f}" if self.duration is not None else None

    @property
    def prompt_published(self) -> str:
        """The day on which the version came into force, in the site's time zone: alike in a page and in an event."""
        if not self.prompt_released:
            return ""
        day = timezone.localtime(self.prompt_released, timezone.get_default_timezone())
        return f"{day.day} {day:%B %Y}"

    @property
    def can_continue(self) -> bool:
        """Whether the answer ended early, so that another completion can continue it."""
        if self.error_kind == "limit":
            return False
        return (
            self.status in (Status.INTERRUPTED, Status.STOPPED, Status.FAILED)
            or self.finish_reason == "length"
        )

    @property
    def base(self) -> str:
        """The message's text before this completion."""
        return self.message.text[: self.text_before]

    def finish(self, outcome: Outcome) -> "Completion | None":
        """End it once: status, text and usage in one transaction. Returns the stored completion, with what its message
        shows, and what lists show of its conversation.

        Returns None, and changes nothing, when it has ended already or another attempt has claimed it.
        """
        with transaction.atomic(savepoint=False):
            found = FINISH.row(pk=self.pk, attempt=self.attempt, **outcome.columns())
            if found is None:
                return None
            ended = self._ended(outcome, *found)
            ended.message.keep_text()
            ended.message.conversation.unread = not outcome.is_seen
            ended.message.conversation.touch("unread")
            ledger.add(ended.use(self.asked))
        return ended

    def use(self, asked: Asked) -> Use:
        """Return what the ledger keeps of it: an estimate where the server reported no tokens."""
        use = Use(
            person=self.message.conversation.owner_id,
            model=self.model,
            provider=self.provider_id,
            prompt_version=self.prompt_version_id,
            failed=self.status in (Status.FAILED, Status.INTERRUPTED),
            stopped=self.status == Status.STOPPED,
            input_tokens=self.prompt_tokens,
            output_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
            cost=self.cost,
        )
        return asked.completed(use, self._written())

    def _written(self) -> str:
        """Return the text of this attempt, with its reasoning. That of a continued answer is not known apart from the
        reasoning before it."""
        reasoning = "" if self.text_before else self.message.reasoning
        return reasoning + self.message.text[self.text_before :]

    def _ended(
        self, outcome, finished, error_kind, error, provider, provider_name, prompt_name
    ) -> "Completion":
        """Return a copy with its message and conversation. Other code still holds the objects of the running answer."""
        ended = copy(self)
        # Pages may keep it, and a request can be long.
        ended.asked = Asked()
        for name, value in outcome.columns().items():
            setattr(ended, self._meta.get_field(name).attname, value)
        ended.finished, ended.error_kind, ended.error = moment(finished), error_kind, error
        ended.provider = Provider(pk=provider, name=provider_name) if provider else None
        if ended.prompt_version:
            ended.prompt_version = copy(ended.prompt_version)
            ended.prompt_version.prompt = SystemPrompt(pk=self.prompt_version.prompt_id, name=prompt_name)
        ended.message = self.message.with_text(outcome.text, outcome.reasoning)
        return ended

    def finish_as_logged(self, status: str, error_kind: str = "", error: str = "") -> "Completion | None":
        """End it with the text that the log holds. Returns None when it has ended already."""
        text, reasoning = self.logged()
        whole = {"text": self.base + text, "reasoning": self.message.reasoning + reasoning}
        return self.finish(Outcome(status, **whole, error_kind=error_kind, error=error))

    def logged(self) -> tuple[str, str]:
        """Return the text and the reasoning that the log holds."""
        return read_apart(self.log.order_by("offset").values_list("kind", "text"))


def _finish() -> tuple[Any, dict[str, Any]]:
    columns: dict[str, Any] = {name: Given(name, Completion._meta.get_field(name)) for name in OUTCOME}
    # None if an admin has deleted the provider meanwhile.
    columns["provider"] = Subquery(Provider.objects.filter(pk=columns["provider"]).values("pk"))
    for name in ("error_kind", "error"):
        # The request to stop may have stored a reason.
        columns[name] = Coalesce(NullIf(columns[name], Value("")), F(name))
    mine = Completion.objects.streaming().filter(
        pk=Given("pk", Completion._meta.pk), attempt=Given("attempt", Completion._meta.get_field("attempt"))
    )
    return mine, {**columns, "finished": Now()}


FINISH = Update(
    _finish,
    f"""finished, error_kind, error, provider_id,
    (SELECT name FROM {Provider._meta.db_table} WHERE id = provider_id),
    (
        SELECT prompt.name FROM {SystemPromptVersion._meta.db_table} version
        JOIN {SystemPrompt._meta.db_table} prompt ON prompt.id = version.prompt_id
        WHERE version.id = prompt_version_id
    )""",
)
