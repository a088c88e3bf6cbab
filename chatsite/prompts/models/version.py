"""A version of a system prompt: one text, made once."""

from hashlib import sha256

from django.conf import settings
from django.db import models

from chatsite.immutable import Immutable


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def estimated_tokens(text: str) -> int:
    """Estimate a text's tokens for several alphabets: one for four bytes."""
    return -(-len(text.encode()) // 4)


class SystemPromptVersion(Immutable):
    """One text of a prompt. `source`: what its author typed, where that names snippets; `snippets`: the digest of each
    copy. has_variables: values are put in when it is used; texts of earlier releases are sent as they are."""

    prompt = models.ForeignKey("SystemPrompt", models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    source = models.TextField(blank=True, default="")
    snippets = models.JSONField(default=dict, blank=True)
    has_variables = models.BooleanField(default=False)
    sha256 = models.CharField("SHA-256 of the text", max_length=64, default="", editable=False)
    tokens = models.PositiveIntegerField("estimated tokens", default=0, editable=False)
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=150, blank=True, default="")
    note = models.CharField(max_length=200, blank=True)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "version of a system prompt"
        verbose_name_plural = "versions of system prompts"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="one_version_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.name} · v{self.number}"

    def save(self, *args, **kwargs):
        if self._state.adding:
            self.sha256, self.tokens = digest(self.text), estimated_tokens(self.text)
            self.author_name = self.author.get_username() if self.author else self.author_name
        super().save(*args, **kwargs)

    @property
    def typed(self) -> str:
        """The text as its author typed it, with the names of snippets."""
        return self.source or self.text

    @property
    def is_whole(self) -> bool:
        """Whether the text is the one that was saved."""
        return self.sha256 == digest(self.text)
