"""What people do with versions: save a draft, release it, stop a trial, ask a second person."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chatsite.audit.recording import SITE
from chatsite.prompts.models import (
    PromptRelease,
    PromptSnippet,
    ReleaseRequest,
    SystemPrompt,
    SystemPromptVersion,
)
from chatsite.prompts.models.version import digest
from chatsite.prompts.releases import Kind, Release, State, scheduled, state_at
from chatsite.prompts.variables import names, snippet_name, with_snippets


class Outdated(Exception):
    """Somebody has saved another version since. `newest`: that one."""

    def __init__(self, newest: SystemPromptVersion) -> None:
        super().__init__(f"Somebody has saved v{newest.number} since.")
        self.newest = newest


class NotPossible(Exception):
    """Its text is a sentence that says why."""


def save_draft(
    prompt: SystemPrompt, typed: str, author, note: str = "", based_on: int | None = None
) -> tuple[SystemPromptVersion, bool]:
    """Save a text as the next version, unless it is that of the newest one. Returns the version, and whether it is new.

    based_on: the id of the newest version that the author has seen. Raises Outdated where there is a newer one.
    """
    with transaction.atomic():
        _lock(prompt)
        newest = prompt.versions.first()
        if newest and newest.pk != based_on:
            raise Outdated(newest)
        snippets = {each.name: each.text for each in PromptSnippet.objects.all()}
        text = with_snippets(typed, snippets)
        if newest and (newest.typed, newest.text) == (typed, text):
            return newest, False
        used = {name for name in map(snippet_name, names(typed)) if name}
        copies = {name: digest(snippets[name]) for name in used if name in snippets}
        version = prompt.draft(
            text, author, note, source=typed if typed != text else "", snippets=copies, based_on=newest
        )
    return version, True


def release(
    prompt: SystemPrompt,
    version: SystemPromptVersion,
    by,
    note: str,
    share: int = 100,
    at: datetime | None = None,
    follow: bool = False,
) -> PromptRelease:
    """Put a version in force for all new conversations, or for a share of them, now or at a date.

    Raises NotPossible.
    """
    with transaction.atomic():
        _lock(prompt)
        state = now_of(prompt)
        if share < 100 and not state.live:
            raise NotPossible(
                "Nothing is published yet, so there is nothing for the others. Publish it to all first."
            )
        if share < 100 and state.live.version == version.pk:
            raise NotPossible(f"v{version.number} is live already: everybody gets it.")
        grows = share < 100 and state.trial and state.trial.version == version.pk
        return PromptRelease.objects.create(
            prompt=prompt,
            version=version,
            kind=_kind(state, version, share),
            share=share,
            at=at or timezone.now(),
            follow=follow,
            of_id=state.trial.root if grows else None,
            by=by,
            note=note,
        )


def _kind(state: State, version: SystemPromptVersion, share: int) -> str:
    if share < 100:
        return Kind.TRIAL
    return Kind.ROLLBACK if state.live and version.number < state.live.number else Kind.PUBLISH


def stop_trial(
    prompt: SystemPrompt, by, note: str, follow: bool = True, root: int | None = None
) -> PromptRelease:
    """End the trial that runs: new conversations get what is live, and those on trial, too, where they `follow`.

    root: of the trial that is meant, if no other one is to be ended. Raises NotPossible.
    """
    with transaction.atomic():
        _lock(prompt)
        trial = now_of(prompt).trial
        if not trial:
            raise NotPossible("No version is on trial.")
        if root not in (None, trial.root):
            raise NotPossible("Another trial has begun since.")
        return _stop(prompt, trial, trial.root, by, note, follow)


def stop_scheduled(prompt: SystemPrompt, pk: int, by, note: str) -> PromptRelease:
    """Keep a release that was planned for later from coming into force."""
    with transaction.atomic():
        _lock(prompt)
        due = next(
            (each for each in scheduled(prompt.releases.facts(), timezone.now()) if each.pk == pk), None
        )
        if not due:
            raise NotPossible("This release is in force already, or was stopped before.")
        return _stop(prompt, due, due.pk, by, note, follow=False)


def _stop(prompt: SystemPrompt, ended: Release, of: int, by, note: str, follow: bool) -> PromptRelease:
    live = now_of(prompt).live
    return PromptRelease.objects.create(
        prompt=prompt,
        version_id=live.version if live else ended.version,
        kind=Kind.STOP,
        follow=follow,
        of_id=of,
        by=by,
        by_name="" if by else SITE,
        note=note,
    )


def ask(
    prompt: SystemPrompt,
    version: SystemPromptVersion,
    by,
    note: str,
    share: int,
    at: datetime | None,
    follow: bool,
) -> ReleaseRequest:
    """Ask a second person to publish a version. An earlier request for it is withdrawn."""
    with transaction.atomic():
        waiting = prompt.requests.filter(version=version, state=ReleaseRequest.States.WAITING)
        waiting.update(state=ReleaseRequest.States.WITHDRAWN)
        return prompt.requests.create(
            version=version, by=by, by_name=by.get_username(), note=note, share=share, at=at, follow=follow
        )


def has_part_in(request: ReleaseRequest, person) -> bool:
    """Whether a person asked for this release, or wrote any of what it would bring: then they cannot answer it.

    People are compared by their keys, because names change.
    """
    live = now_of(request.prompt).live
    first = min(live.number + 1 if live else 1, request.version.number)
    written = request.prompt.versions.filter(number__range=(first, request.version.number))
    return request.by_id == person.pk or written.filter(author=person).exists()


def approve(request: ReleaseRequest, by) -> PromptRelease:
    """Publish what was asked for. Raises NotPossible."""
    with transaction.atomic():
        _answer(request, by, ReleaseRequest.States.APPROVED, "")
        note = f"{request.note} (asked for by {request.by_name})"[:200]
        at = request.at if request.at and request.at > timezone.now() else None
        return release(request.prompt, request.version, by, note, request.share, at, request.follow)


def send_back(request: ReleaseRequest, by, why: str) -> None:
    with transaction.atomic():
        _answer(request, by, ReleaseRequest.States.SENT_BACK, why)


def _answer(request: ReleaseRequest, by, state: str, answer: str) -> None:
    _lock(request.prompt)
    request.refresh_from_db()
    if request.state != ReleaseRequest.States.WAITING:
        raise NotPossible(f"This request is {request.get_state_display()} already.")
    if has_part_in(request, by):
        raise NotPossible("You have written or asked for this version, so another person has to approve it.")
    request.state, request.answer, request.answered = state, answer, timezone.now()
    request.answered_by, request.answered_by_name = by, by.get_username()
    request.save()


def now_of(prompt: SystemPrompt) -> State:
    """Return what is in force now."""
    return state_at(prompt.releases.facts(), timezone.now())


def _lock(prompt: SystemPrompt) -> None:
    """Make other changes of the prompt wait: releases become visible in the order of their ids."""
    list(SystemPrompt.objects.select_for_update().filter(pk=prompt.pk).values_list("pk"))
