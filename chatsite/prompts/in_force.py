"""The version of a prompt that a conversation gets, without a statement where nothing was released meanwhile.

Releases and versions never change, so this process keeps them. The token of a prompt's newest release, which is read
with the prompt, shows whether one is missing.
"""

from collections import OrderedDict
from copy import copy
from datetime import datetime
from threading import Lock
from uuid import UUID

from django.db import models
from django.utils import timezone

from chatsite.prompts.models import PromptRelease, SystemPrompt, SystemPromptVersion
from chatsite.prompts.releases import Release, release_for
from chatsite.statements import Given, Objects, Select

MAX_PROMPTS = 1000


class Releases:
    """All releases of a prompt up to the newest one, and the versions that were asked for."""

    def __init__(self, facts: list[Release]) -> None:
        self.facts = facts
        self._versions: dict[int, SystemPromptVersion] = {}

    def version(self, pk: int) -> SystemPromptVersion:
        """Return a version. Its objects are shared: they are not to be changed."""
        if pk not in self._versions:
            self._versions[pk] = VERSION.first(pk=pk)
        return self._versions[pk]


class Kept:
    """What this process keeps, by the tokens of newest releases."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[UUID, Releases] = OrderedDict()

    def of(self, prompt: SystemPrompt) -> Releases:
        """Return the releases of a prompt that was read with its `newest_release`."""
        token = prompt.newest_release
        with self._lock:
            kept = self._kept.get(token)
            if kept:
                self._kept.move_to_end(token)
                return kept
        found = Releases([Release(*row) for row in FACTS.rows(prompt=prompt.pk)])
        with self._lock:
            self._kept[token] = found
            if len(self._kept) > MAX_PROMPTS:
                self._kept.popitem(last=False)
        return found


KEPT = Kept()


def release_of(prompt: SystemPrompt, created: datetime, uuid: UUID, now: datetime) -> Release | None:
    """Return the release that gives a conversation its version. `created`: when it began to use the prompt."""
    return release_for(KEPT.of(prompt).facts, created, uuid, now) if prompt.newest_release else None


def version_of(prompt: SystemPrompt, release: Release) -> SystemPromptVersion:
    """Return the version that a release puts in force, as an object of its own."""
    version = copy(KEPT.of(prompt).version(release.version))
    version.prompt = prompt
    return version


def number_for(prompt: SystemPrompt, created: datetime | None, uuid: UUID) -> int | None:
    """Return the number of the version that a conversation gets now; without `created`, one that begins now."""
    now = timezone.now()
    release = release_of(prompt, created or now, uuid, now)
    return release.number if release else None


FACTS = Select(
    lambda: (
        PromptRelease.objects.filter(prompt=Given("prompt", models.BigAutoField()))
        .order_by()
        .values_list("pk", "version_id", "version__number", "kind", "share", "at", "follow", "of_id")
    )
)
VERSION = Objects(lambda: SystemPromptVersion.objects.filter(pk=Given("pk", models.BigAutoField())))
