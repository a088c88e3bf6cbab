"""Actions with a page that says their effects first: stop a trial, unplan a release, archive."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone

from chatsite.prompts.admin.forms import ReasonForm, StopForm
from chatsite.prompts.admin.pages import address, show, written
from chatsite.prompts.answers import audience
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.publishing import NotPossible, stop_scheduled, stop_trial
from chatsite.prompts.release_state import release_state
from chatsite.wording import counted


def stop(admin, request, prompt: SystemPrompt):
    """End the trial."""
    trial = release_state(prompt).trial
    if not trial:
        admin.message_user(request, "No version is on trial.")
        return HttpResponseRedirect(address("change", prompt.pk))
    says = [
        f"v{trial.version.number} goes to {trial.share} % of new conversations. "
        "After this, all new conversations get the live version."
    ]

    def do(form):
        made = stop_trial(prompt, request.user, **form.cleaned_data)
        return (
            f"The trial of v{trial.version.number} has ended. New conversations get v{made.version.number}."
        )

    title = f"Stop the trial of v{trial.version.number} of {prompt}"
    return _confirmed(admin, request, prompt, StopForm, title, says, "Stop the trial", do)


def unplan(admin, request, prompt: SystemPrompt, release: int):
    """Keep a planned release from coming into force."""
    due = next((each for each in release_state(prompt).due if each.pk == release), None)
    if not due:
        raise Http404
    says = [f"v{due.version.number} is planned for {written(due.at)}. After this, nothing happens then."]

    def do(form):
        stop_scheduled(prompt, release, request.user, form.cleaned_data["note"])
        return f"Taken off the plan: v{due.version.number} will not come into force by itself."

    title = f"Do not publish v{due.version.number} of {prompt}"
    return _confirmed(admin, request, prompt, ReasonForm, title, says, "Take it off the plan", do)


def archive(admin, request, prompt: SystemPrompt):
    """Archive this prompt, or all that the list chose."""
    chosen = request.GET.get("prompts", "").split(",")
    prompts = [each for each in SystemPrompt.objects.all() if str(each.pk) in chosen] or [prompt]
    says = [_loss(each) for each in prompts]

    def do(form):
        for each in prompts:
            each.archived, each.is_default = timezone.now(), False
            each.save(update_fields=["archived", "is_default"])
            admin.log_change(request, each, f"Archived. {form.cleaned_data['note']}")
        return f"{', '.join(map(str, prompts))} {'is' if len(prompts) == 1 else 'are'} archived. All versions are kept."

    title = f"Archive {', '.join(map(str, prompts))}"
    return _confirmed(
        admin, request, prompt, ReasonForm, title, says, "Archive", do, logs=False, back="changelist"
    )


def _loss(prompt: SystemPrompt) -> str:
    found = audience(prompt)
    default = (
        " It is the default: new conversations begin without a prompt then." if prompt.is_default else ""
    )
    return (
        f"“{prompt}” will be offered to nobody. {counted(found.open, 'conversation')} used it this week: "
        f"their next answers are written without it, and say so.{default} It can be brought back."
    )


def _confirmed(admin, request, prompt, form_class, title, says, button, do, logs=True, back="change"):
    """Show what an action does, and do it on POST."""
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sentence = do(form)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            if logs:
                admin.log_change(request, prompt, f"{sentence} {form.cleaned_data['note']}")
            admin.message_user(request, sentence, messages.SUCCESS)
            return HttpResponseRedirect(address(back, *([] if back == "changelist" else [prompt.pk])))
    more = {"form": form, "says": says, "button": button, "tab": ""}
    return show(admin, request, prompt, "confirm", title, **more)
