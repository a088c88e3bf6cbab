"""The publish page: it says what will happen, and to whom, before it happens."""

from django.contrib import messages
from django.http import HttpResponseRedirect

from chatsite.prompts.admin.forms import PublishForm
from chatsite.prompts.admin.pages import address, may, show, version_or_404, written
from chatsite.prompts.answers import audience, price_of
from chatsite.prompts.compare import compare
from chatsite.prompts.models import PromptRelease, SystemPrompt, SystemPromptVersion
from chatsite.prompts.notices import notices
from chatsite.prompts.publishing import NotPossible, ask, release
from chatsite.prompts.release_state import ReleaseState, release_state
from chatsite.prompts.releases import Kind


def publish(admin, request, prompt: SystemPrompt, number: int):
    """GET shows what publishing a version would do; POST does it, or asks a second person to."""
    version, state = version_or_404(prompt, number), release_state(prompt)
    is_rollback = _is_rollback(prompt, version, state)
    asks = not may(request, "publish") or prompt.needs_approval and not is_rollback
    form = PublishForm(request.POST or None, initial=_initial(request, is_rollback, version))
    newest = prompt.releases.select_related("version").defer("version__text").order_by("-pk").first()
    if _is_outdated(request, newest) and form.is_valid():
        form.add_error(None, _since(newest))
    if request.method == "POST" and form.is_valid():
        try:
            return (_asked if asks else _published)(admin, request, prompt, version, form)
        except NotPossible as error:
            form.add_error(None, str(error))
    title = f"Roll back {prompt} to v{number}" if is_rollback else f"Publish v{number} of {prompt}"
    more = {"form": form, "version": version, "is_rollback": is_rollback, "asks": asks, "tab": "publish"}
    more["newest_release"] = newest
    return show(admin, request, prompt, "publish", title, **more, **effects(prompt, version, state))


def _is_outdated(request, newest: PromptRelease | None) -> bool:
    """Whether somebody, or the site by stopping a trial, released something since this page was shown."""
    return newest is not None and request.POST.get("seen") not in (None, str(newest.pk))


def _since(newest: PromptRelease) -> str:
    return (
        f"While you looked at this page, {newest.by_name or 'somebody'} was faster. {newest}. {newest.note} "
        "Press again if you still want it."
    )


def effects(prompt: SystemPrompt, version: SystemPromptVersion, state: ReleaseState) -> dict:
    """Return the effects of publishing a version, for a template."""
    live = state.live and state.live.version
    return {
        "live": live,
        "comparison": compare(live.typed if live else "", version.typed),
        "audience": audience(prompt),
        "price": price_of(prompt, version.tokens - (live.tokens if live else 0)),
        "notices": notices(prompt, version),
        "is_live": bool(live and live.pk == version.pk),
        "newer": state.newest if state.newest and state.newest.number > version.number else None,
    }


def _is_rollback(prompt: SystemPrompt, version: SystemPromptVersion, state: ReleaseState) -> bool:
    """Back to what everybody had before. It needs no second person: a bad prompt must be stopped at once."""
    is_older = state.live and version.number < state.live.version.number
    return (
        bool(is_older)
        and prompt.releases.filter(version=version, kind__in=[Kind.PUBLISH, Kind.ROLLBACK]).exists()
    )


def _initial(request, is_rollback: bool, version: SystemPromptVersion) -> dict:
    share = request.GET.get("share", "")
    chosen = {"to": PublishForm.SHARE, "share": share} if share else {}
    return {"follow": is_rollback, "note": "" if is_rollback else version.note, **chosen}


def _published(admin, request, prompt, version, form) -> HttpResponseRedirect:
    made = release(prompt, version, request.user, **form.release())
    sentence = described(made)
    admin.log_change(request, prompt, f"{sentence} {made.note}")
    admin.message_user(request, sentence, messages.SUCCESS)
    return HttpResponseRedirect(address("change", prompt.pk))


def _asked(admin, request, prompt, version, form) -> HttpResponseRedirect:
    made = ask(prompt, version, request.user, **form.release())
    sentence = f"Asked for approval of v{version.number}. Another person can publish it, or send it back."
    admin.log_change(request, prompt, sentence)
    admin.message_user(request, sentence, messages.SUCCESS)
    return HttpResponseRedirect(address("request", prompt.pk, made.pk))


def described(made) -> str:
    """Return a sentence for what a release did."""
    number = made.version.number
    is_planned = made.at > made.made
    when = f" from {written(made.at)} on" if is_planned else ""
    who = "all new conversations" if made.share == 100 else f"{made.share} % of new conversations"
    running = " Running ones get it, too." if made.follow else " Running ones keep theirs."
    verb = {Kind.ROLLBACK: "Rolled back to", Kind.TRIAL: "On trial:"}.get(made.kind, "Published")
    verb = "Planned:" if is_planned else verb
    return f"{verb} v{number}, for {who}{when}.{running}"
