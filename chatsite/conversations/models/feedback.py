"""What a person thinks of an answer."""

from django.conf import settings
from django.db import IntegrityError, models
from django.db.models import Q
from django.http import Http404
from django.utils import timezone


class Value(models.IntegerChoices):
    GOOD = 1
    BAD = -1


class FeedbackQuerySet(models.QuerySet):
    def give(self, message, person, **columns) -> None:
        """Store a person's feedback on an answer, or change it. Raises Http404 where the answer was deleted."""
        try:
            self.update_or_create(message=message, person=person, defaults=columns)
        except IntegrityError as error:
            raise Http404 from error

    def readable(self):
        """Return what editors of prompts may read: what was shared, and was not deleted since."""
        conversation = {
            "message__conversation__deleted": None,
            "message__conversation__temporary_until": None,
        }
        return self.filter(shared=True, **conversation)


class Feedback(models.Model):
    """A person's 👍 or 👎 for an answer, and a sentence on it. It is deleted with the answer.

    shared: whether editors of prompts may read the answer and its question.
    """

    MAX_WORDS_CHARACTERS = 500
    GOOD, BAD = Value.GOOD, Value.BAD

    # The constraint's index begins with the message.
    message = models.ForeignKey(
        "Message", models.CASCADE, db_index=False, related_name="all_feedback", related_query_name="feedback"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    value = models.SmallIntegerField(choices=Value)
    words = models.CharField(max_length=MAX_WORDS_CHARACTERS, blank=True, default="")
    shared = models.BooleanField(default=False)
    given = models.DateTimeField(default=timezone.now, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "feedback"
        default_permissions: list[str] = []
        constraints = [
            models.UniqueConstraint(fields=["message", "person"], name="one_feedback_a_person"),
            models.CheckConstraint(condition=Q(value__in=[1, -1]), name="feedback_is_good_or_bad"),
        ]
        indexes = [models.Index(fields=["-given"], condition=Q(shared=True), name="shared_feedback")]

    def __str__(self) -> str:
        return f"{self.get_value_display()} answer"

    @property
    def is_good(self) -> bool:
        return self.value == Value.GOOD
