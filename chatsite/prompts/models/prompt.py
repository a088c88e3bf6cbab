"""System prompts: a name, who may use it, and versions of a text."""

from uuid import UUID

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from chatsite.prompts.models.release import PromptRelease, has_live_version, newest_release
from chatsite.prompts.models.version import SystemPromptVersion
from chatsite.prompts.releases import state_at
from chatsite.prompts.variables import uses_variables
from chatsite.statements import Given, Objects


class SystemPromptQuerySet(models.QuerySet):
    def usable_by(self, user):
        """The prompts that this person may choose, by name, with `newest_release`."""
        mine = self.filter(Q(groups=None) | Q(groups__in=Group.objects.filter(user=user)))
        offered = mine.filter(has_live_version(), enabled=True, archived=None)
        return offered.annotate(newest_release=newest_release()).distinct().order_by("name")

    def live(self):
        """Return those that give everybody a version."""
        return self.filter(has_live_version())

    def used(self):
        """Return those that answers name, each with the number of these as `answers`. They cannot be deleted."""
        return self.annotate(answers=Count("versions__completion")).filter(answers__gt=0)

    def default_for(self, user) -> "SystemPrompt | None":
        """The default, where there is one and this person may use it."""
        found: SystemPrompt | None = DEFAULT.first(user=user.pk)
        return found


class SystemPrompt(models.Model):
    """A named prompt. Which version of its text a conversation gets follows from its releases."""

    name = models.CharField(max_length=100, unique=True)
    description = models.CharField(
        max_length=200, blank=True, default="", help_text="One line for people who choose."
    )
    groups = models.ManyToManyField(
        Group, blank=True, verbose_name="groups that may use it", help_text="None chosen: everyone may."
    )
    for_models = models.JSONField(
        "models it is for", default=list, blank=True, help_text="None chosen: for all models."
    )
    is_default = models.BooleanField(
        "default", default=False, help_text="Used by new conversations. There is one default at most."
    )
    enabled = models.BooleanField("offered", default=True, help_text="People can choose it.")
    shows_text = models.BooleanField(
        "people may read its text", default=False, help_text="Otherwise they see its name and version only."
    )
    needs_approval = models.BooleanField(
        "needs a second person", default=False, help_text="Another person must approve what is published."
    )
    archived = models.DateTimeField(null=True, blank=True, editable=False)

    # The token of its newest release, where it was read with the prompt; the number of the version that a page shows.
    newest_release: UUID | None = None
    version: int | None = None

    objects = SystemPromptQuerySet.as_manager()

    class Meta:
        verbose_name = "system prompt"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_prompt"
            ),
        ]
        permissions = [
            ("publish_systemprompt", "Can publish versions of system prompts"),
            ("approve_systemprompt", "Can approve versions of others"),
            ("archive_systemprompt", "Can archive system prompts and bring them back"),
        ]

    def __str__(self) -> str:
        return self.name

    def validate_constraints(self, exclude=None):
        """Accept another default: it is removed when this one is saved."""
        super().validate_constraints({*(exclude or ()), "is_default"})

    def fits(self, model: str) -> bool:
        """Return whether it is for the model of this name. Without a name: whether it is for all."""
        return not self.for_models or model in self.for_models

    @property
    def live(self) -> SystemPromptVersion | None:
        """The version of new conversations, except for those that are on trial."""
        live = state_at(self.releases.facts(), timezone.now()).live
        return self.versions.get(pk=live.version) if live else None

    def draft(self, text: str, author=None, note: str = "", **columns) -> SystemPromptVersion:
        """Make a new version with this text. Nobody gets it before it is released."""
        with transaction.atomic():
            list(SystemPrompt.objects.select_for_update().filter(pk=self.pk).values_list("pk"))
            newest = self.versions.first()
            return self.versions.create(
                number=newest.number + 1 if newest else 1,
                text=text,
                has_variables=uses_variables(text),
                author=author,
                note=note,
                **columns,
            )

    def publish(self, text: str, author=None, note: str = "", follow: bool = False) -> SystemPromptVersion:
        """Make a new version with this text, and release it to all new conversations."""
        with transaction.atomic():
            version = self.draft(text, author, note)
            PromptRelease.objects.create(prompt=self, version=version, by=author, note=note, follow=follow)
        return version

    def make_default(self) -> None:
        """Make this prompt the default, in place of the one before."""
        with transaction.atomic():
            SystemPrompt.objects.filter(is_default=True).exclude(pk=self.pk).update(is_default=False)
            self.is_default = True
            self.save(update_fields=["is_default"])


DEFAULT = Objects(
    lambda: SystemPrompt.objects.usable_by(Given("user", models.BigAutoField())).filter(is_default=True)
)
USABLE = Objects(lambda: SystemPrompt.objects.usable_by(Given("user", models.BigAutoField())))
