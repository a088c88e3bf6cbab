"""How conversations are deleted: for some time they can be restored, then they go with all their messages."""

from datetime import timedelta
from math import ceil

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from chatsite.conversations.models.completion import Completion


class Deletable(models.Model):
    """A conversation's deletion. `deleted`: when its owner deleted it; None for one that is not."""

    deleted = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def delete(self, *args, **kwargs):
        """Delete it with all its messages, whether an answer is being written or not."""
        with transaction.atomic():
            self.lock_owner()
            # Otherwise a writer could append to a log between the deletion of the log and that of its completion, which
            # PostgreSQL would refuse.
            running = Completion.objects.streaming().filter(message__conversation=self)
            list(running.select_for_update(of=["self"]).values_list("pk"))
            return super().delete(*args, **kwargs)

    def delete_if(self, condition: Q) -> bool:
        """Delete it if the stored one still meets a condition. Returns whether it was deleted."""
        with transaction.atomic():
            self.lock_owner()
            met = type(self).objects.select_for_update().filter(condition, pk=self.pk)
            return bool(met.values_list("pk")) and bool(self.delete())

    def lock_owner(self) -> None:
        """Each turn holds this lock, so that none adds a message meanwhile."""
        mine = type(self).objects.filter(pk=self.pk).select_related("owner")
        list(mine.select_for_update(of=["owner"], no_key=True))

    @property
    def days_left(self) -> int:
        """For how many days it can still be restored, when it was deleted."""
        end = self.deleted + timedelta(days=settings.KEEP_DELETED_DAYS)
        return max(0, ceil((end - timezone.now()) / timedelta(days=1)))
