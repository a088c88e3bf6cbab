"""The state of prompts: what is live, on trial, planned or a draft. It is read for many prompts at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from chatsite.audit.recording import SITE
from chatsite.prompts.models import PromptRelease, ReleaseRequest, SystemPrompt, SystemPromptVersion
from chatsite.prompts.releases import Kind, in_order, scheduled, state_at


@dataclass(slots=True)
class ReleaseState:
    """live, trial, due: releases, with their version. draft: the newest version, if it was never released.

    stopped: the release by which the site stopped a trial, if nothing was released since. `of` is the trial.
    """

    live: PromptRelease | None = None
    trial: PromptRelease | None = None
    due: list[PromptRelease] = field(default_factory=list)
    newest: SystemPromptVersion | None = None
    draft: SystemPromptVersion | None = None
    waiting: list[ReleaseRequest] = field(default_factory=list)
    stopped: PromptRelease | None = None


def release_state(prompt: SystemPrompt) -> ReleaseState:
    return release_states([prompt])[prompt.pk]


def release_states(prompts: Iterable[SystemPrompt]) -> dict[int, ReleaseState]:
    """Return the state of each prompt by its key, with three statements for all. Versions come without their texts."""
    pks = [prompt.pk for prompt in prompts]
    releases, newest, waiting = _releases(pks), _newest(pks), _waiting(pks)
    return {pk: _release_state(releases[pk], newest.get(pk), waiting[pk]) for pk in pks}


def _releases(pks: list[int]) -> dict[int, list[PromptRelease]]:
    found = defaultdict(list)
    rows = PromptRelease.objects.filter(prompt__in=pks).select_related("version")
    for release in rows.defer("version__text", "version__source"):
        found[release.prompt_id].append(release)
    return found


def _newest(pks: list[int]) -> dict[int, SystemPromptVersion]:
    of_prompt = SystemPromptVersion.objects.filter(prompt=OuterRef("pk")).order_by("-number")
    newest = (
        SystemPrompt.objects.filter(pk__in=pks).order_by().values(newest=Subquery(of_prompt.values("pk")[:1]))
    )
    versions = SystemPromptVersion.objects.filter(pk__in=newest).defer("text", "source")
    return {version.prompt_id: version for version in versions}


def _waiting(pks: list[int]) -> dict[int, list[ReleaseRequest]]:
    found = defaultdict(list)
    requests = ReleaseRequest.objects.filter(prompt__in=pks, state=ReleaseRequest.States.WAITING)
    for request in requests.select_related("version"):
        found[request.prompt_id].append(request)
    return found


def _release_state(
    releases: list[PromptRelease], newest: SystemPromptVersion | None, waiting: list
) -> ReleaseState:
    now = timezone.now()
    facts, rows = [each.fact for each in releases], {each.pk: each for each in releases}
    state = state_at(facts, now)
    was_released = newest and any(
        each.version_id == newest.pk and each.kind != Kind.STOP for each in releases
    )
    return ReleaseState(
        live=rows[state.live.pk] if state.live else None,
        trial=rows[state.trial.pk] if state.trial else None,
        due=[rows[each.pk] for each in scheduled(facts, now)],
        newest=newest,
        draft=None if was_released else newest,
        waiting=waiting,
        stopped=_stopped_by_site([rows[each.pk] for each in in_order(facts, now)], rows),
    )


def _stopped_by_site(past: list[PromptRelease], rows: dict[int, PromptRelease]) -> PromptRelease | None:
    newest = past[-1] if past else None
    if newest is None or newest.kind != Kind.STOP or newest.by_name != SITE:
        return None
    newest.of = rows[newest.of_id]
    return newest


def stopped_by_site(since: datetime) -> list[PromptRelease]:
    """Return the stops of trials by the site since a time, where nothing was released for the prompt since."""
    later = PromptRelease.objects.filter(prompt=OuterRef("prompt"), pk__gt=OuterRef("pk"))
    stops = PromptRelease.objects.filter(~Exists(later), kind=Kind.STOP, by_name=SITE, at__gte=since)
    rows = stops.filter(prompt__archived=None).select_related("prompt", "of__version")
    return list(rows.defer("of__version__text", "of__version__source").order_by("-at"))


@dataclass(frozen=True, slots=True)
class Period:
    """A version was in force from one time to another, for a share of new conversations. end: None while it lasts."""

    share: int
    begin: datetime
    end: datetime | None


def periods(prompt: SystemPrompt) -> dict[int, list[Period]]:
    """Return when each version, by its id, was in force."""
    found: defaultdict[int, list[Period]] = defaultdict(list)
    past = in_order(prompt.releases.facts(), timezone.now())
    before: dict[int, tuple[int, datetime]] = {}
    for release in past:
        state = state_at(past, release.at)
        after = {each.version: each.share for each in (state.trial, state.live) if each}
        for version, (share, begin) in list(before.items()):
            if after.get(version) != share:
                found[version].append(Period(share, begin, release.at))
                del before[version]
        for version, share in after.items():
            before.setdefault(version, (share, release.at))
    for version, (share, begin) in before.items():
        found[version].append(Period(share, begin, None))
    return found
