"""The pages of runs of cases: what a run will take, what it found, and the answers to one case side by side."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from chatsite.audit.recording import record
from chatsite.conversations.errors import Refusal
from chatsite.conversations.quotas import refuse_used_up
from chatsite.prompts.admin.pages import context, may
from chatsite.prompts.compare import compare
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.release_state import release_state
from chatsite.providers.kinds import Kind
from chatsite.providers.serving import choices_for, default_for
from chatsite.tryouts.case_runs import NotPossible, price, run_all, stop
from chatsite.tryouts.case_table import case_table
from chatsite.tryouts.columns import answer_tokens
from chatsite.tryouts.models import CaseRun
from chatsite.tryouts.pages import address

MAX_LISTED = 10


class RunForm(forms.Form):
    """Chooses the version to compare with the live one, and the model."""

    version = forms.TypedChoiceField(
        coerce=int, error_messages={"invalid_choice": "There is no such version."}
    )
    model = forms.ChoiceField(error_messages={"invalid_choice": "This model is not offered to you."})

    def __init__(self, data, prompt: SystemPrompt, user) -> None:
        state, offered = release_state(prompt), choices_for(user.pk)
        self.models = {each.name: each for each in offered if each.kind == Kind.CHAT}
        self.versions = {
            each.number: each for each in prompt.versions.select_related("prompt").defer("source")
        }
        self.live = state.live and self.versions[state.live.version.number]
        default = default_for(user.pk, offered)
        initial = {"version": state.newest and state.newest.number, "model": default and default.name}
        super().__init__(data, initial=initial)
        self.fields["version"].choices = [(each.number, self._label(each)) for each in self.versions.values()]
        self.fields["model"].choices = [(each.name, each.label) for each in self.models.values()]

    def _label(self, version) -> str:
        mark = ", live" if version == self.live else ""
        return f"v{version.number}{mark}{': ' + version.note[:60] if version.note else ''}"

    @property
    def chosen(self):
        """The version and the model that were sent, or that the form begins with; None for what there is none of."""
        chosen = self.cleaned_data if self.is_bound and self.is_valid() else self.initial
        return self.versions.get(chosen["version"]), self.models.get(chosen["model"])

    @property
    def columns(self):
        """The versions that will answer."""
        version, _ = self.chosen
        return [self.live, version] if self.live and self.live != version else [version]


def run_cases(admin, request, prompt_id: int):
    """GET says what running all cases takes; POST runs them, or counts again for what was chosen."""
    if not may(request, "change"):
        raise PermissionDenied
    prompt = get_object_or_404(SystemPrompt, pk=prompt_id)
    cases = list(prompt.cases.all())
    form = RunForm(request.POST or request.GET or None, prompt, request.user)
    refused = ""
    if "_run" in request.POST and cases and form.is_valid():
        try:
            return _started(admin, request, prompt, form)
        except (NotPossible, Refusal) as error:
            refused = str(error)
    version, model = form.chosen
    more = {
        "form": form,
        "cases": cases,
        "refused": refused,
        "version": version,
        "model": model,
        "estimate": price(cases, form.columns, model, answer_tokens(prompt)) if version and model else None,
        "runs": _runs(request).filter(prompt=prompt)[:MAX_LISTED],
        "tab": "cases",
    }
    return _show(admin, request, prompt, "run", f"Run all cases of {prompt}", **more)


def _started(admin, request, prompt, form: RunForm) -> HttpResponseRedirect:
    version, model = form.chosen
    refuse_used_up(request.user)
    run = run_all(request.user, form.live, version, model)
    record("ran cases of", prompt, request=request, reason=f"v{version.number}, with {model.name}")
    return HttpResponseRedirect(address("case_run", prompt.pk, run.pk))


def case_run(admin, request, prompt_id: int, pk: int):
    """The table of a run: cases, and whether the answers of both versions are as they must be."""
    run = _run_or_404(request, prompt_id, pk)
    table = case_table(run)
    more = {
        "run": run,
        "table": table,
        "may_stop": table.is_running and _may_stop(request, run),
        "tab": "cases",
    }
    return _show(admin, request, run.prompt, "table", _title(run), **more)


def stop_case_run(admin, request, prompt_id: int, pk: int):
    """Stop all answers of a run that have not ended."""
    run = _run_or_404(request, prompt_id, pk)
    if not _may_stop(request, run):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if count := stop(run):
        reason = f"{count} answers of {run.owner}’s run on v{run.version.number}"
        record("stopped cases of", run.prompt, request=request, reason=reason)
        admin.message_user(request, "The answers are being stopped.", messages.SUCCESS)
    else:
        admin.message_user(request, "All answers had ended already.")
    return HttpResponseRedirect(address("case_run", prompt_id, pk))


def case_answers(admin, request, prompt_id: int, pk: int, tried: int):
    """The answers to one case of a run, side by side."""
    run = _run_or_404(request, prompt_id, pk)
    get_object_or_404(run.tryouts, pk=tried)
    row = next(each for each in case_table(run).rows if each.tried.pk == tried)
    live, new = row.live, row.new
    is_compared = live and live.text and new.text and not live.is_running and not new.is_running
    more = {
        "run": run,
        "row": row,
        "is_running": any(answer.is_running for answer in row.answers),
        "is_own": run.owner_id == request.user.pk,
        "comparison": compare(live.text, new.text) if is_compared else None,
        "tab": "cases",
    }
    return _show(admin, request, run.prompt, "answers", f"Case “{row.tried.case_name}”", **more)


def _show(admin, request, prompt: SystemPrompt, template: str, title: str, **more) -> TemplateResponse:
    filled = context(admin, request, prompt, title, **more)
    return TemplateResponse(request, f"admin/tryouts/cases/{template}.html", filled)


def _run_or_404(request, prompt_id: int, pk: int) -> CaseRun:
    """Return a run that the person may see. Raises PermissionDenied where they may see no prompt."""
    if not (may(request, "change") or may(request, "view")):
        raise PermissionDenied
    return get_object_or_404(_runs(request), prompt__pk=prompt_id, pk=pk)


def _runs(request):
    return CaseRun.objects.seen_by(request.user).select_related("prompt", "live", "version", "owner")


def _may_stop(request, run: CaseRun) -> bool:
    return run.owner_id == request.user.pk or request.user.has_perm("tryouts.stop_caserun")


def _title(run: CaseRun) -> str:
    beside = f" beside v{run.live.number}" if len(run.versions) > 1 else ""
    return f"Cases of {run.prompt}: v{run.version.number}{beside}"
