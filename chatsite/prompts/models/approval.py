"""A request that a second person publish a version."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ReleaseRequest(models.Model):
    """One person asks to publish a version; another one answers. It holds for this version only."""

    class States(models.TextChoices):
        WAITING = "waiting", "waiting"
        APPROVED = "approved", "approved"
        SENT_BACK = "sent back", "sent back"
        WITHDRAWN = "withdrawn", "withdrawn"

    prompt = models.ForeignKey("SystemPrompt", models.CASCADE, related_name="requests")
    version = models.ForeignKey("SystemPromptVersion", models.CASCADE, related_name="requests")
    share = models.PositiveSmallIntegerField(default=100)
    at = models.DateTimeField(null=True, blank=True)
    follow = models.BooleanField(default=False)
    note = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=States, default=States.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    made = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answered_by_name = models.CharField(max_length=150, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    answered = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "request for approval"
        verbose_name_plural = "requests for approval"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(state="waiting"), name="one_waiting_request_a_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.state}"
