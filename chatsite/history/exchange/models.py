"""Imports: each uploaded file, its progress, and the outcome of each conversation in it."""

import time
import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import Now

# An import without a heartbeat for this long has lost its process.
STALE_AFTER = timedelta(seconds=60)
# A file is uploaded and its import saved within this time.
SAVED_WITHIN = timedelta(hours=1)
# An interrupted import can be continued for this long; then its file is deleted.
FILE_KEPT_FOR = timedelta(days=7)


class ImportQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(owner=user)

    def newest_first(self):
        return self.order_by("-created", "-pk")

    def with_outcome(self):
        """Each with `has_brought`: whether it added a conversation or a message."""
        added = ImportItem.objects.filter(of=OuterRef("pk"), outcome__in=("new", "grown"))
        return self.annotate(has_brought=Exists(added))

    def unfinished(self):
        return self.filter(state__in=(Import.State.WAITING, Import.State.RUNNING, Import.State.INTERRUPTED))

    def claim_next(self) -> "Import | None":
        """Claim the oldest waiting import whose file is on this machine. Return None if there is none, or another
        process claimed it."""
        waiting = self.filter(state=Import.State.WAITING).order_by("created", "pk")
        here = next((work for work in waiting if work.path.exists()), None)
        if here and self.filter(pk=here.pk, state=Import.State.WAITING).update(
            state=Import.State.RUNNING, heartbeat=Now()
        ):
            return here
        return None

    def interrupt_stale(self) -> None:
        """Mark imports whose process is lost."""
        stale = self.filter(state=Import.State.RUNNING, heartbeat__lt=Now() - STALE_AFTER)
        stale.update(state=Import.State.INTERRUPTED)

    def abandoned(self):
        """Return interrupted imports that were not continued in time."""
        return self.filter(state=Import.State.INTERRUPTED, heartbeat__lt=Now() - FILE_KEPT_FOR)


class Import(models.Model):
    """One file, imported by a process of its own. Items and rows are written together, so it can be continued."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        INTERRUPTED = "interrupted"
        DONE = "done"
        FAILED = "failed"

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    position = models.BigIntegerField(default=0)
    source = models.CharField(max_length=20, blank=True)
    problems = models.JSONField(default=list)
    created = models.DateTimeField(db_default=Now())
    heartbeat = models.DateTimeField(db_default=Now())
    finished = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-created"], name="imports_by_owner")]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"

    @property
    def path(self) -> Path:
        """The uploaded file, there until the import has ended."""
        return upload_folder() / self.uuid.hex

    @property
    def percent(self) -> int:
        return min(100, 100 * self.position // self.size) if self.size else 0

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def last_number(self) -> int:
        """The number of the last item that is recorded; 0 before the first."""
        return self.items.order_by("-number").values_list("number", flat=True).first() or 0

    def add(self, items: "list[ImportItem]", position: int) -> bool:
        """Record the outcome of a batch, in its transaction. Return False if the batch must be rolled back: its
        owner was deleted, or was deactivated, as an admin does before the deletion."""
        ImportItem.objects.bulk_create(items)
        mine = Import.objects.filter(pk=self.pk, owner__is_active=True)
        return bool(mine.update(position=position, heartbeat=Now()))

    def renew_heartbeat(self) -> None:
        """Renew the heartbeat, however long the next batch takes."""
        Import.objects.filter(pk=self.pk, state=self.State.RUNNING).update(heartbeat=Now())

    def end(self, state: str, source: str = "", problems: list | None = None) -> None:
        """End it, and delete its file. An interrupted one keeps the file, unless it was deleted with its owner."""
        ended = {"state": state, "source": source, "problems": problems or [], "heartbeat": Now()}
        if state != self.State.INTERRUPTED:
            ended |= {"finished": Now(), "position": self.size}
        Import.objects.filter(pk=self.pk, state=self.State.RUNNING).update(**ended)
        if state != self.State.INTERRUPTED or not Import.objects.filter(pk=self.pk).exists():
            self.path.unlink(missing_ok=True)

    def resume(self) -> None:
        """Let an interrupted import continue."""
        mine = Import.objects.filter(pk=self.pk, state=self.State.INTERRUPTED)
        mine.update(state=self.State.WAITING, heartbeat=Now())

    def discard(self) -> None:
        """Discard what is not imported yet."""
        open_ones = (self.State.WAITING, self.State.INTERRUPTED)
        mine = Import.objects.filter(pk=self.pk, state__in=open_ones)
        if mine.update(state=self.State.FAILED, problems=[["", "discarded"]], finished=Now()):
            self.path.unlink(missing_ok=True)

    def counts(self) -> dict[str, int]:
        """Return how many conversations have each outcome, and how many messages were added."""
        rows = self.items.order_by().values_list("outcome").annotate(count=Count("pk"), added=Sum("messages"))
        counts = dict.fromkeys(ImportItem.Outcome.values, 0) | {"messages": 0}
        for outcome, count, added in rows:
            counts[outcome] = count
            counts["messages"] += added
        return counts


class ImportItem(models.Model):
    """The outcome of one conversation of the file. `skipped` and `notes`: reason → count, of its messages."""

    class Outcome(models.TextChoices):
        NEW = "new"
        GROWN = "grown"
        KNOWN = "known"
        SKIPPED = "skipped"

    of = models.ForeignKey(Import, models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.CharField(max_length=30, blank=True)
    # Its uuid, and no foreign key: the report outlives the conversation.
    conversation = models.UUIDField(null=True)
    messages = models.PositiveIntegerField(default=0)
    is_newer = models.BooleanField(default=False)
    skipped = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="one_item_a_number")]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome} {self.reason}"


def upload_folder() -> Path:
    """Return the folder of uploaded files, created on first use."""
    folder: Path = settings.HOME / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def remove_orphans() -> None:
    """Delete files that no import waits for: those of deleted people, and of uploads that broke off."""
    old = time.time() - SAVED_WITHIN.total_seconds()
    paths = {path for path in upload_folder().iterdir() if path.stat().st_mtime < old}
    if paths:
        kept = {work.path for work in Import.objects.unfinished()}
        for path in paths - kept:
            path.unlink(missing_ok=True)
