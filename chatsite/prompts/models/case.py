"""A case of a prompt: messages to which a good answer is known, and what an answer to them must be like."""

from typing import Any

from django.db import models
from django.utils import timezone

from chatsite.prompts.checks import KINDS, MAX_TEXT_CHARACTERS, Check
from chatsite.prompts.models.version import estimated_tokens

# Of one prompt.
MAX_CASES = 50
# The person's and the model's by turns; the last one is the person's.
MAX_CASE_MESSAGES = 39
# Of all messages of a case.
MAX_CASE_BYTES = 64 * 1024
MAX_CASE_NAME_CHARACTERS = 100


class HasCheck(models.Model):
    """check_kind: empty where people judge the answer."""

    check_kind = models.CharField("check", max_length=8, choices=KINDS, blank=True, default="")
    check_text = models.CharField("text", max_length=MAX_TEXT_CHARACTERS, blank=True, default="")
    check_tokens = models.PositiveIntegerField("tokens", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def expected(self) -> Check | None:
        """What an answer must be like; None where people judge it."""
        return Check(self.check_kind, self.check_text, self.check_tokens) if self.check_kind else None


class PromptCase(HasCheck):
    """messages: `[{"role": "user", "text": "…"}, …]`."""

    prompt = models.ForeignKey("SystemPrompt", models.CASCADE, related_name="cases")
    name = models.CharField(max_length=MAX_CASE_NAME_CHARACTERS)
    messages = models.JSONField(default=list)
    changed = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "case"
        ordering = ["name"]
        # Those of its prompt count.
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["prompt", "name"], name="one_case_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def question(self) -> str:
        """The message that is answered."""
        return str(self.messages[-1]["text"]) if self.messages else ""

    @property
    def tokens(self) -> int:
        """About how many tokens its messages have."""
        return sum(estimated_tokens(message["text"]) for message in self.messages)

    @property
    def kept(self) -> dict[str, Any]:
        """Return the columns of this case that a tryout copies."""
        check = {name: getattr(self, name) for name in ("check_kind", "check_text", "check_tokens")}
        return {"case": self, "case_name": self.name, **check}
