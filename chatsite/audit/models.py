"""Events: what was done, by whom, to what. They are added and never change, and outlive everybody and everything."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from chatsite.immutable import Immutable, ImmutableQuerySet


def kind_in_words(label: str) -> str:
    """Return the name of a kind of object, such as "person" for "auth.user"; the label if the kind does not exist."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


class EventQuerySet(ImmutableQuerySet):
    """Only adds and reads. The database refuses the rest, too, see `triggers`."""

    def about(self, user):
        """Return the events about what belongs to this person, the newest first."""
        return self.filter(owner=user).order_by("-at", "-pk")


class Event(Immutable):
    """One action. `owner`: whose data it is about, when that is somebody else's. `before`, `after`: the values that
    changed, of fields that may be shown."""

    MAX_REASON_CHARACTERS = 500

    at = models.DateTimeField("when", default=timezone.now, db_index=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField("who", max_length=150)
    address = models.CharField(max_length=50, blank=True)
    verb = models.CharField("what was done", max_length=40)
    target_type = models.CharField("kind", max_length=100, blank=True)
    target_id = models.CharField("id", max_length=40, blank=True)
    target_name = models.CharField("to what", max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    before = models.JSONField("from", default=dict, blank=True)
    after = models.JSONField("to", default=dict, blank=True)
    reason = models.CharField("why", max_length=MAX_REASON_CHARACTERS, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["target_type", "target_id", "-at"], name="events_of_an_object"),
            models.Index(fields=["owner", "-at"], name="events_about_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target_name}"

    @property
    def kind(self) -> str:
        """The kind of what it was done to, in the words of the pages."""
        return kind_in_words(self.target_type)
