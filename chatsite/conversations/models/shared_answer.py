"""Answers that people shared with editors of prompts, as the admin shows them."""

from chatsite.conversations.models.feedback import Feedback


class SharedAnswer(Feedback):
    """Feedback with its answer and question."""

    class Meta:
        proxy = True
        verbose_name = "shared answer"
        default_permissions: list[str] = []

    def __str__(self) -> str:
        return f"{self.get_value_display()} answer of {self.given:%Y-%m-%d}"
