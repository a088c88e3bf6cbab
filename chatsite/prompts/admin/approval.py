"""The page of a request: a second person sees what would happen, and approves it or sends it back."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404

from chatsite.prompts.admin.forms import ReasonForm
from chatsite.prompts.admin.pages import address, may, show
from chatsite.prompts.admin.publish import described, effects
from chatsite.prompts.models import ReleaseRequest, SystemPrompt
from chatsite.prompts.publishing import NotPossible, approve, has_part_in, send_back
from chatsite.prompts.release_state import release_state


def answer(admin, request, prompt: SystemPrompt, request_id: int):
    """GET shows the request; POST approves it, sends it back, or takes it back."""
    asked = get_object_or_404(prompt.requests.select_related("version"), pk=request_id)
    why = ReasonForm(request.POST if "_send_back" in request.POST else None)
    refused = _why_not(request, prompt, asked)
    if request.method == "POST":
        try:
            done = None if refused else _answered(request, asked, why)
        except NotPossible as error:
            refused, done = str(error), None
        if done:
            admin.log_change(request, prompt, done)
            admin.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(address("change", prompt.pk))
    more = {"asked": asked, "why": why, "refused": refused, "version": asked.version, "tab": "publish"}
    more |= effects(prompt, asked.version, release_state(prompt))
    return show(admin, request, prompt, "request", f"Publish v{asked.version.number} of {prompt}?", **more)


def _answered(request, asked: ReleaseRequest, why: ReasonForm) -> str | None:
    if "_approve" in request.POST:
        return described(approve(asked, request.user))
    if "_send_back" in request.POST and why.is_valid():
        send_back(asked, request.user, why.cleaned_data["note"])
        return f"Sent v{asked.version.number} back to {asked.by_name}: {why.cleaned_data['note']}"
    return None


def _why_not(request, prompt: SystemPrompt, asked: ReleaseRequest) -> str:
    """Return why this person cannot answer; empty where they can."""
    if asked.state != ReleaseRequest.States.WAITING:
        by = f" by {asked.answered_by_name}" if asked.answered_by_name else ""
        return f"This request was {asked.get_state_display()}{by}. {asked.answer}".strip()
    if has_part_in(asked, request.user):
        return "You have written or asked for this version, so another person has to answer."
    if not may(request, "approve" if prompt.needs_approval else "publish"):
        return "You may not approve what is published. Somebody who may sees this page with two buttons."
    return ""
