"""Which version of a prompt a conversation gets: a pure function of the prompt's releases.

A release is a fact that never changes. What is live, and what is on trial, follows from the releases alone, so that a
date can be in the future and every process agrees.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID


class Kind:
    """What a release does. All but a stop put a version in force."""

    PUBLISH, TRIAL, STOP, ROLLBACK = "publish", "trial", "stop", "rollback"


class Release(NamedTuple):
    """`version`: its id, and `number` its number. share: percent of new conversations, 100 but for a trial.

    follow: running conversations get the version, too. of: for a trial that grows, the id of the release that began
    it; for a stop, the id of what it ends.
    """

    pk: int
    version: int
    number: int
    kind: str
    share: int
    at: datetime
    follow: bool
    of: int | None

    @property
    def root(self) -> int:
        """The id of the release that began this trial: it stays the same while the share grows."""
        return self.of or self.pk


class State(NamedTuple):
    """What is in force at a time."""

    live: Release | None = None
    trial: Release | None = None

    def after(self, release: Release) -> "State":
        if release.kind == Kind.TRIAL:
            return State(self.live, release)
        if release.kind == Kind.STOP:
            return State(self.live) if self._is_ended_by(release) else self
        return State(release)

    def chosen(self, uuid: UUID) -> Release | None:
        """Return what a conversation gets that begins now."""
        return self.trial if self.trial and is_in_share(self.trial, uuid) else self.live

    def followed(self, chosen: Release | None, release: Release, uuid: UUID) -> Release | None:
        """Return what a running conversation has after a release that it follows."""
        if release.kind == Kind.STOP:
            is_on_trial = chosen and self._is_ended_by(release) and chosen.version == self.trial.version
            return self.live if is_on_trial else chosen
        return release if is_in_share(release, uuid) else chosen

    def _is_ended_by(self, stop: Release) -> bool:
        return self.trial is not None and self.trial.root == stop.of


def version_for(releases: Iterable[Release], created: datetime, uuid: UUID, now: datetime) -> int | None:
    """Return the id of the version that a conversation gets; None before the first release.

    It is the one in force when the conversation began (`created`), or that of a later release which running
    conversations follow. A conversation that is older than all releases begins with the first one.
    """
    found = release_for(releases, created, uuid, now)
    return found.version if found else None


def release_for(releases: Iterable[Release], created: datetime, uuid: UUID, now: datetime) -> Release | None:
    """Return the release that gave a conversation its version. See `version_for`."""
    past = in_order(releases, now)
    begun = max([created, *(release.at for release in past[:1])])
    state = State()
    for release in past:
        if release.at > begun:
            break
        state = state.after(release)
    chosen = state.chosen(uuid)
    for release in past:
        if release.at > begun:
            chosen = state.followed(chosen, release, uuid) if release.follow else chosen
            state = state.after(release)
    return chosen


def state_at(releases: Iterable[Release], now: datetime) -> State:
    """Return what was, is or will be in force at a time."""
    state = State()
    for release in in_order(releases, now):
        state = state.after(release)
    return state


def scheduled(releases: Iterable[Release], now: datetime) -> list[Release]:
    """Return the releases that will come into force, the next one first."""
    return sorted((each for each in _not_stopped(releases) if each.at > now), key=_when)


def in_order(releases: Iterable[Release], now: datetime) -> list[Release]:
    """Return those that have come into force, in their order."""
    return sorted((each for each in _not_stopped(releases) if each.at <= now), key=_when)


def is_in_share(release: Release, uuid: UUID) -> bool:
    """Whether a conversation belongs to the share of a trial. It is the same in every process, and nothing is stored;
    who is in a share stays in it while it grows."""
    return release.share >= 100 or bucket(release.root, uuid) < release.share


def bucket(root: int, uuid: UUID) -> int:
    """Return a conversation's place among hundred, for one trial."""
    return int.from_bytes(sha256(f"{root}:{uuid}".encode()).digest()) % 100


def _when(release: Release) -> tuple[datetime, int]:
    return release.at, release.pk


def _not_stopped(releases: Iterable[Release]) -> list[Release]:
    """Return those that nobody stopped before they came into force."""
    releases = list(releases)
    stops = [each for each in releases if each.kind == Kind.STOP]
    return [
        each
        for each in releases
        if each.kind == Kind.STOP
        or not any(stop.of in (each.pk, each.root) and stop.at < each.at for stop in stops)
    ]
