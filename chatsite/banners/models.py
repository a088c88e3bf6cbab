"""Banners: texts that an admin shows above each page for a while, to everybody or to groups."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from chatsite.statements import Given, Objects


class Tone(models.TextChoices):
    INFORMATION = "information", "information"
    WARNING = "warning", "warning"


class Banner(models.Model):
    """A text for people's pages. Without groups it is for everybody. It is kept when it is over."""

    MAX_TEXT_CHARACTERS = 500

    text = models.CharField(max_length=MAX_TEXT_CHARACTERS)
    # Of the text: who dismissed an earlier text sees a new one.
    digest = models.CharField(max_length=64, editable=False)
    tone = models.CharField(max_length=11, choices=Tone, default=Tone.INFORMATION)
    enabled = models.BooleanField(default=True)
    begins = models.DateTimeField("from", null=True, blank=True, help_text="Empty: at once.")
    ends = models.DateTimeField("until", null=True, blank=True, help_text="Empty: until it is switched off.")
    groups = models.ManyToManyField(Group, blank=True, help_text="Empty: for everybody.")
    dismissible = models.BooleanField(default=True, help_text="People can close it, each for themselves.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.text[:80]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.digest = hashlib.sha256(self.text.encode()).hexdigest()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.begins and self.ends and self.begins >= self.ends:
            raise ValidationError({"ends": "The end must be after the beginning."})

    @property
    def state(self) -> str:
        now = timezone.now()
        if not self.enabled:
            return "switched off"
        if self.ends and self.ends <= now:
            return "over"
        return "to come" if self.begins and self.begins > now else "shown"

    def dismiss(self, user: Any) -> None:
        """Do not show this text to the person any more."""
        if self.dismissible:
            Dismissal.objects.get_or_create(banner=self, person=user, digest=self.digest)


class Dismissal(models.Model):
    """A person has closed a banner of this text."""

    banner = models.ForeignKey(Banner, models.CASCADE)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "banner", "digest"], name="one_dismissal_a_text")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.banner}"


def banners_for(user: Any) -> list[Banner]:
    """Return the banners that a person sees now, the newest first, by one query."""
    return SHOWN.all(user=user.pk, now=timezone.now())


def _shown() -> Any:
    user, now = Given("user", get_user_model()._meta.pk), Given("now", Banner._meta.get_field("begins"))
    of_groups = Banner.groups.through.objects.filter(banner=OuterRef("pk"))
    mine = get_user_model().groups.through.objects.filter(user=user, group=OuterRef("group"))
    dismissed = Dismissal.objects.filter(banner=OuterRef("pk"), person=user, digest=OuterRef("digest"))
    return (
        Banner.objects.filter(~Exists(of_groups) | Exists(of_groups.filter(Exists(mine))), enabled=True)
        .filter(Q(begins=None) | Q(begins__lte=now), Q(ends=None) | Q(ends__gt=now))
        .exclude(Exists(dismissed), dismissible=True)
        .order_by("-pk")
    )


SHOWN = Objects(_shown)
