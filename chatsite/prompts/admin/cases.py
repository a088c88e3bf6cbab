"""The pages of a prompt's cases: all of them, one, and the question before one is deleted."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404

from chatsite.prompts.admin.case_forms import CaseForm, taken
from chatsite.prompts.admin.pages import address, show
from chatsite.prompts.models import PromptCase, SystemPrompt
from chatsite.prompts.models.case import MAX_CASES


def listed(admin, request, prompt: SystemPrompt):
    """All cases."""
    more = {"cases": prompt.cases.all(), "most": MAX_CASES, "tab": "cases"}
    return show(admin, request, prompt, "cases", f"Cases of {prompt}", **more)


def add(admin, request, prompt: SystemPrompt):
    """GET shows an empty form; POST adds a case."""
    if refused := refused_as_full(prompt):
        admin.message_user(request, refused, messages.WARNING)
        return HttpResponseRedirect(address("cases", prompt.pk))
    return form_page(admin, request, prompt, PromptCase(prompt=prompt), "Added")


def change(admin, request, prompt: SystemPrompt, case: int):
    """GET shows a case; POST changes it."""
    return form_page(admin, request, prompt, get_object_or_404(prompt.cases, pk=case), "Changed")


def delete(admin, request, prompt: SystemPrompt, case: int):
    """GET asks for confirmation. POST deletes a case."""
    found = get_object_or_404(prompt.cases, pk=case)
    if request.method == "POST":
        found.delete()
        return _done(admin, request, prompt, f"Deleted the case “{found}”.")
    more = {"case": found, "tab": "cases"}
    return show(admin, request, prompt, "case_delete", f"Delete the case “{found}”?", **more)


def refused_as_full(prompt: SystemPrompt) -> str:
    """Return why a prompt takes no further case; empty where it does."""
    is_full = prompt.cases.count() >= MAX_CASES
    return f"A prompt has at most {MAX_CASES} cases. Delete one first." if is_full else ""


def form_page(admin, request, prompt, case: PromptCase, verb: str):
    """GET shows the form of a case; POST saves it."""
    grows = "_more" in request.POST
    form = CaseForm(request.POST or None, instance=case, more=grows)
    if request.method == "POST" and not grows and form.is_valid() and _is_saved(form):
        return _done(admin, request, prompt, f"{verb} the case “{case}”.")
    title = f"Case “{case}” of {prompt}" if case.pk else f"A case for {prompt}"
    return show(admin, request, prompt, "case", title, form=form, case=case, tab="cases")


def _is_saved(form: CaseForm) -> bool:
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:  # somebody has saved one of this name since it was checked
        form.add_error("name", taken(form.cleaned_data["name"]))
    return form.is_valid()


def _done(admin, request, prompt, sentence: str) -> HttpResponseRedirect:
    admin.log_change(request, prompt, sentence)
    admin.message_user(request, sentence, messages.SUCCESS)
    return HttpResponseRedirect(address("cases", prompt.pk))
