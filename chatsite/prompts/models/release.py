"""A release: the fact that a version came into force for somebody at some time."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from chatsite.immutable import Immutable, ImmutableQuerySet
from chatsite.prompts.models.version import SystemPromptVersion
from chatsite.prompts.releases import Kind, Release


class ReleaseQuerySet(ImmutableQuerySet):
    def facts(self) -> list[Release]:
        """Return them as values, from which `prompts.releases` computes who gets what."""
        rows = self.values_list(
            "pk", "version_id", "version__number", "kind", "share", "at", "follow", "of_id"
        )
        return [Release(*row) for row in rows]


class PromptRelease(Immutable):
    """See `prompts.releases.Release`. `token`: names this row also where a rolled-back row had the same id."""

    class Kinds(models.TextChoices):
        PUBLISH = Kind.PUBLISH, "published"
        TRIAL = Kind.TRIAL, "on trial"
        STOP = Kind.STOP, "stopped"
        ROLLBACK = Kind.ROLLBACK, "rolled back"

    token = models.UUIDField(default=uuid4, editable=False)
    prompt = models.ForeignKey("SystemPrompt", models.CASCADE, related_name="releases")
    version = models.ForeignKey(SystemPromptVersion, models.RESTRICT, related_name="releases")
    kind = models.CharField(max_length=8, choices=Kinds, default=Kinds.PUBLISH)
    share = models.PositiveSmallIntegerField("share of new conversations", default=100)
    at = models.DateTimeField("in force from", default=timezone.now)
    made = models.DateTimeField(auto_now_add=True)
    follow = models.BooleanField("running conversations follow", default=False)
    of = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True, default="")
    note = models.CharField(max_length=200, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "release of a system prompt"
        verbose_name_plural = "releases of system prompts"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="share_of_a_release"),
            models.CheckConstraint(
                condition=Q(kind=Kind.STOP) | Q(kind=Kind.TRIAL) | Q(share=100),
                name="only_trials_have_shares",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.get_kind_display()}"

    @property
    def fact(self) -> Release:
        """The same as a value; its version must have been read with it."""
        facts = (self.kind, self.share, self.at, self.follow, self.of_id)
        return Release(self.pk, self.version_id, self.version.number, *facts)

    def save(self, *args, **kwargs):
        if self._state.adding:
            self.by_name = self.by.get_username() if self.by else self.by_name
        super().save(*args, **kwargs)


class ThisMillisecond(Now):
    """Now, to its end: SQLite's clock has no microseconds, so that what was released just now would not count yet."""

    def as_sqlite(self, compiler, connection, **context):
        sql, params = super().as_sqlite(compiler, connection, **context)
        return f"({sql} || '999')", params


def has_live_version() -> models.Exists:
    """Return the condition that a prompt has a release that gives everybody a version."""
    stops = PromptRelease.objects.filter(
        kind=Kind.STOP, of=models.OuterRef("pk"), at__lt=models.OuterRef("at")
    )
    past = PromptRelease.objects.filter(prompt=models.OuterRef("pk"), at__lte=ThisMillisecond())
    return models.Exists(past.filter(kind__in=[Kind.PUBLISH, Kind.ROLLBACK]).filter(~models.Exists(stops)))


def newest_release(prompt: str = "pk") -> models.Subquery:
    """Return the token of the newest release of the prompt that this path names. It changes with each release."""
    newest = PromptRelease.objects.filter(prompt=models.OuterRef(prompt)).order_by("-pk")
    return models.Subquery(newest.values("token")[:1])
