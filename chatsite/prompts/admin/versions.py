"""The pages of a prompt's versions: all of them, one, two side by side; and what was released when."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chatsite.prompts.admin.pages import address, show, version_or_404
from chatsite.prompts.answers import WEEK, Numbers, numbers_of
from chatsite.prompts.compare import compare
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.publishing import Outdated, save_draft
from chatsite.prompts.release_state import periods, release_state
from chatsite.prompts.releases import in_order, scheduled, state_at


def listed(admin, request, prompt: SystemPrompt):
    """All versions, newest first; drafts that were never released are left out unless they are asked for."""
    when, state = periods(prompt), release_state(prompt)
    versions = list(prompt.versions.defer("text", "source").select_related("based_on"))
    newest = versions[0].pk if versions else None
    never = [each for each in versions if each.pk not in when and each.pk != newest]
    with_drafts = "drafts" in request.GET
    shown = versions if with_drafts else [each for each in versions if each not in never]
    numbers = numbers_of([each.pk for each in shown], timezone.now() - WEEK)
    for each in shown:
        each.periods, each.numbers = when.get(each.pk, []), numbers.get(each.pk, Numbers())
        each.is_live = bool(state.live and state.live.version_id == each.pk)
        each.can_roll_back = bool(state.live and each.number < state.live.version.number and each.periods)
    more = {"versions": shown, "never": len(never), "with_drafts": with_drafts, "tab": "versions"}
    return show(admin, request, prompt, "versions", f"Versions of {prompt}", **more)


def shown(admin, request, prompt: SystemPrompt, number: int):
    """One version's text."""
    version = version_or_404(prompt, number)
    newest = prompt.versions.defer("text", "source").first()
    more = {
        "version": version,
        "newest": newest,
        "periods": periods(prompt).get(version.pk, []),
        "tab": "versions",
    }
    return show(admin, request, prompt, "version", f"{prompt} · v{number}", **more)


def compared(admin, request, prompt: SystemPrompt):
    """Two versions side by side: those that were asked for, else what is live and the newest."""
    state = release_state(prompt)
    newest = state.newest.number if state.newest else 0
    a = request.GET.get("a") or (state.live.version.number if state.live else newest)
    b = request.GET.get("b") or newest
    versions = prompt.versions.defer("text", "source")
    more = {"versions": versions, "tab": "compare"}
    if newest:
        left, right = version_or_404(prompt, a), version_or_404(prompt, b)
        more |= {"left": left, "right": right, "comparison": compare(left.typed, right.typed)}
    return show(admin, request, prompt, "compare", f"Compare versions of {prompt}", **more)


def restore(admin, request, prompt: SystemPrompt, number: int):
    """Save the text of an earlier version as a draft."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    version, newest = version_or_404(prompt, number), prompt.versions.first()
    seen = request.POST.get("newest") or str(newest.number)
    try:
        if seen != str(newest.number):
            raise Outdated(newest)
        draft, is_new = save_draft(prompt, version.typed, request.user, f"Text of v{number}", newest.pk)
    except Outdated as error:
        sentence = f"{error} Look at it first; then restore v{number} again if you still want it."
        admin.message_user(request, sentence, messages.WARNING)
        return HttpResponseRedirect(f"{address('compare', prompt.pk)}?a={number}")
    if is_new:
        admin.log_change(request, prompt, f"Saved v{draft.number} with the text of v{number}.")
        sentence = f"Saved v{draft.number} with the text of v{number}. Nobody gets it before it is published."
        admin.message_user(request, sentence, messages.SUCCESS)
    else:
        admin.message_user(request, f"The newest version, v{draft.number}, has this text already.")
    return HttpResponseRedirect(address("change", prompt.pk))


def releases(admin, request, prompt: SystemPrompt):
    """Who released what, when and why; and what was in force at a time."""
    rows = prompt.releases.select_related("version", "of__version").defer(
        "version__text", "of__version__text"
    )
    at = _moment(request.GET.get("at", ""))
    more = {
        "releases": rows.order_by("-at", "-pk"),
        "taken_off": _taken_off(prompt),
        "requests": prompt.requests.select_related("version").defer("version__text"),
        "at": request.GET.get("at", ""),
        "asked": at,
        "is_wrong": bool(request.GET.get("at")) and at is None,
        "state": state_at(prompt.releases.facts(), at) if at else None,
        "now": timezone.now(),
        "tab": "releases",
    }
    return show(admin, request, prompt, "releases", f"Releases of {prompt}", **more)


def _taken_off(prompt: SystemPrompt) -> set[int]:
    """Return the keys of the releases that were planned, and stopped before they came into force."""
    facts, now = prompt.releases.facts(), timezone.now()
    kept = [*in_order(facts, now), *scheduled(facts, now)]
    return {each.pk for each in facts} - {each.pk for each in kept}


def _moment(typed: str) -> datetime | None:
    """Return it in the time zone of the page; None for what is not a time, or none that every zone has."""
    try:
        found = parse_datetime(typed)
        aware = timezone.make_aware(found) if found and timezone.is_naive(found) else found
        return aware and timezone.localtime(aware)
    except (ValueError, OverflowError):
        return None
