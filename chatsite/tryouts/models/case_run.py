"""A run of a prompt's cases: each is answered with the live version and with another one."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from chatsite.prompts.models import SystemPrompt, SystemPromptVersion

# Each has a tryout for each case.
MAX_CASE_RUNS_PER_USER = 50


class CaseRunQuerySet(models.QuerySet):
    def seen_by(self, user) -> "CaseRunQuerySet":
        """Return a person's own, and those of others where they may see them."""
        return self if user.has_perm("tryouts.view_caserun") else self.filter(owner=user)

    def surplus(self, user) -> "CaseRunQuerySet":
        """Return a person's oldest ones that are more than are kept."""
        mine = self.filter(owner=user)
        return mine.exclude(pk__in=mine.order_by("-pk").values("pk")[:MAX_CASE_RUNS_PER_USER])


class CaseRun(models.Model):
    """One press of “Run all”. Each of its `tryouts` has one case. live: None where nothing was."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    prompt = models.ForeignKey(SystemPrompt, models.CASCADE, related_name="case_runs")
    live = models.ForeignKey(SystemPromptVersion, models.CASCADE, null=True, related_name="+")
    version = models.ForeignKey(SystemPromptVersion, models.CASCADE, related_name="+")
    model = models.CharField(max_length=200)
    made = models.DateTimeField(default=timezone.now)

    objects = CaseRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        permissions = [
            ("view_caserun", "Can see what others’ runs of cases answered"),
            ("stop_caserun", "Can stop others’ runs of cases"),
        ]

    def __str__(self) -> str:
        return f"Cases of {self.version}"

    @property
    def versions(self) -> list[SystemPromptVersion]:
        """Those that answer, what was live first."""
        return [self.live, self.version] if self.live and self.live_id != self.version_id else [self.version]
