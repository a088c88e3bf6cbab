"""System prompts and their immutable versions."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import Count, Max, Q

from chatsite.statements import Given, Objects


class SystemPromptQuerySet(models.QuerySet):
    def usable_by(self, user):
        """The prompts that this person may choose, by name, with their live version."""
        mine = self.filter(Q(groups=None) | Q(groups__in=Group.objects.filter(user=user)))
        return (
            mine.filter(enabled=True, live__isnull=False).select_related("live").distinct().order_by("name")
        )

    def used(self):
        """Return those that answers name, each with the number of these as `answers`. They cannot be deleted."""
        return self.annotate(answers=Count("versions__completion")).filter(answers__gt=0)

    def default_for(self, user) -> "SystemPrompt | None":
        """The default, where there is one and this person may use it."""
        found: SystemPrompt | None = DEFAULT.first(user=user.pk)
        return found


class SystemPrompt(models.Model):
    """A named prompt. Its text is that of its live version."""

    name = models.CharField(max_length=100, unique=True)
    groups = models.ManyToManyField(
        Group, blank=True, verbose_name="groups that may use it", help_text="None chosen: everyone may."
    )
    is_default = models.BooleanField(
        "default", default=False, help_text="Used by new conversations. There is one default at most."
    )
    enabled = models.BooleanField(default=True, help_text="Offered to people.")
    # The live version is only deleted together with its prompt.
    live = models.ForeignKey(
        "SystemPromptVersion", models.RESTRICT, null=True, editable=False, related_name="live_for"
    )

    objects = SystemPromptQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_prompt"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def publish(self, text: str, author=None, note: str = "") -> "SystemPromptVersion":
        """Make a new version with this text, and use it for new answers."""
        with transaction.atomic():
            newest = self.versions.select_for_update().aggregate(newest=Max("number"))["newest"] or 0
            version = self.versions.create(number=newest + 1, text=text, author=author, note=note)
            self.live = version
            self.save(update_fields=["live"])
        return version

    def make_default(self) -> None:
        """Make this prompt the default, in place of the one before."""
        with transaction.atomic():
            SystemPrompt.objects.filter(is_default=True).exclude(pk=self.pk).update(is_default=False)
            self.is_default = True
            self.save(update_fields=["is_default"])


class SystemPromptVersion(models.Model):
    """One text of a prompt. It can be made, and never changed."""

    prompt = models.ForeignKey(SystemPrompt, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="one_version_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.name} · v{self.number}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("A version of a system prompt never changes; publish a new one.")
        super().save(*args, **kwargs)


DEFAULT = Objects(
    lambda: SystemPrompt.objects.usable_by(Given("user", models.BigAutoField())).filter(is_default=True)
)
USABLE = Objects(lambda: SystemPrompt.objects.usable_by(Given("user", models.BigAutoField())))
