"""Variables of an admin's own, and snippets: texts that several prompts share."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from chatsite.prompts.variables import OWN_NAME

OWN = RegexValidator(
    rf"\A{OWN_NAME}\Z", "Use small letters, digits and underscores, and begin with a letter, as in “company”."
)


class PromptVariable(models.Model):
    """A name that texts may use, and its value. Without a prompt it is for all of them."""

    prompt = models.ForeignKey(
        "SystemPrompt", models.CASCADE, null=True, blank=True, related_name="variables",
        help_text="None: for all prompts.",
    )  # fmt: skip
    name = models.CharField(max_length=50, validators=[OWN], help_text="Written {{ name }} in a text.")
    default = models.CharField("value", max_length=500, blank=True)

    class Meta:
        verbose_name = "variable"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "name"], name="one_variable_a_name"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(prompt=None), name="one_variable_of_the_site_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PromptSnippet(models.Model):
    """A text that drafts take over when they are saved. Versions keep their copy."""

    name = models.CharField(
        max_length=50, unique=True, validators=[OWN], help_text="Written {{ snippet “name” }} in a text."
    )
    text = models.TextField()
    changed = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "snippet"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
