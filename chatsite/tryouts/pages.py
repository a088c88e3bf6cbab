"""The page “Try it” of a prompt: what to ask at the left, the answers of one's last try at the right."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Conversation
from chatsite.conversations.quotas import refuse_used_up
from chatsite.conversations.staff_reading import READ, keep_event
from chatsite.prompts.admin.pages import context, may
from chatsite.prompts.models import SystemPrompt
from chatsite.tryouts import past_questions, submissions
from chatsite.tryouts.access import is_own, may_read, may_see, why_not_kept
from chatsite.tryouts.columns import answer_tokens, estimate, message_tokens
from chatsite.tryouts.forms import TryForm
from chatsite.tryouts.models import MAX_TRYOUTS_PER_USER, Tryout, TryoutAnswer
from chatsite.tryouts.pairs import pairs
from chatsite.tryouts.registry import stop_from_thread

MAX_LISTED = 10
# Answers of one person that wait or are being written, beside those of runs of cases.
MAX_UNENDED = 60
PAGE = "admin/tryouts/tryout/try.html"


def tried_or_404(request, prompt_id: int, pk: int) -> Tryout:
    """Return one of the person's own tryouts. Raises PermissionDenied where they may try nothing."""
    if not may(request, "change"):
        raise PermissionDenied
    related = Tryout.objects.of(request.user).select_related("prompt", "question__conversation")
    # By the key of the prompt, not by the relation: of a number that no column holds, SQLite's driver raises then.
    tried = get_object_or_404(related, prompt__pk=prompt_id, pk=pk)
    if not may_see(request.user, tried):
        raise Http404
    return tried


def new(admin, request, prompt_id: int):
    """GET shows the form; POST makes a tryout of it, adds a turn, opens a conversation, or says what it will cost."""
    if not may(request, "change"):
        raise PermissionDenied
    prompt = get_object_or_404(SystemPrompt, pk=prompt_id)
    form = TryForm(request.POST if request.method == "POST" else None, prompt=prompt, user=request.user)
    opened = _opened(request, form) if request.method == "POST" else None
    if request.method == "POST" and "_try" in request.POST and form.is_valid():
        if tried := submissions.earlier_tryout(form):
            return _to(prompt.pk, tried.pk)
        if _can_start(form):
            return _to(prompt.pk, submissions.create_tryout(request, form).pk)
    _forget_errors(request, form)
    return _page(admin, request, prompt, form, opened=opened)


def _can_start(form: TryForm) -> bool:
    """Return whether the person may ask this now; where not, the form says why."""
    try:
        refuse_used_up(form.user)
        _refuse_too_many(form)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


def _refuse_too_many(form: TryForm) -> None:
    unended = TryoutAnswer.objects.running().filter(tryout__owner=form.user, tryout__case_run=None).count()
    if unended + len(form.columns) > MAX_UNENDED:
        sentence = f"{unended} of your answers have not ended; {MAX_UNENDED} is the most. Stop some, or wait."
        raise Refusal("busy_person", sentence)


def shown(admin, request, prompt_id: int, pk: int):
    """A tryout, its answers as they are now, and its form to change it."""
    tried = tried_or_404(request, prompt_id, pk)
    form = TryForm(None, prompt=tried.prompt, user=request.user, tried=tried)
    return _page(admin, request, tried.prompt, form, tried=tried)


def stop(admin, request, prompt_id: int, pk: int):
    """Stop one answer, or all."""
    tried = tried_or_404(request, prompt_id, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    running = tried.answers.running()
    chosen = request.POST.get("answer", "")
    pks = [each for each in running.values_list("pk", flat=True) if chosen in ("all", str(each))]
    TryoutAnswer.objects.running().filter(pk__in=pks).update(stop_requested=True)
    stop_from_thread(pks)
    return _to(prompt_id, pk)


def better(admin, request, prompt_id: int, pk: int):
    """Keep which answer is better; the same one again takes it back."""
    tried = tried_or_404(request, prompt_id, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("answer", "")
    with transaction.atomic():
        for answer in tried.answers.select_for_update():
            is_better = str(answer.pk) == chosen and not answer.better
            tried.answers.filter(pk=answer.pk).update(better=is_better)
    return _to(prompt_id, pk)


def _to(prompt_id: int, pk: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{address('shown', prompt_id, pk)}#answers")


def address(name: str, *args: int) -> str:
    return reverse(f"admin:tryouts_tryout_{name}", args=args)


def answers_of(tried: Tryout) -> list[TryoutAnswer]:
    """Return the columns, that of the past answer first."""
    return list(tried.answers.select_related("version", "provider", "tryout").order_by("pk"))


def answer_context(tried: Tryout, answer: TryoutAnswer, count: int) -> dict:
    """Return what the template of one answer needs. count: of the tryout's answers."""
    return {
        "answer": answer,
        "prompt_id": tried.prompt_id,
        "tried": tried,
        "can_compare": count > 1,
        "can_keep": not why_not_kept(tried),
    }


def _page(admin, request, prompt, form, tried=None, opened=None) -> TemplateResponse:
    answers = answers_of(tried) if tried else []
    more = {
        "tab": "try",
        "form": form,
        "press": submissions.new_key(),
        "tried": tried,
        "answers": answers,
        "can_compare": len(answers) > 1,
        "can_keep": bool(tried) and not why_not_kept(tried),
        "is_running": any(answer.is_running for answer in answers),
        "prompt_id": prompt.pk,
        "pairs": pairs(prompt),
        "last": Tryout.objects.of(request.user).filter(prompt=prompt, case_run=None)[:MAX_LISTED],
        "answer_tokens": answer_tokens(prompt),
        "own_questions": past_questions.own_questions(request.user),
        "shared_questions": [
            each for each in past_questions.shared_questions(prompt) if not is_own(request.user, each)
        ],
        "opened": opened,
        "opened_questions": past_questions.questions_in(opened) if opened else [],
        "may_read": may_read(request.user),
        "most_kept": MAX_TRYOUTS_PER_USER,
    }
    more["estimate"] = estimate(_columns(form), message_tokens(form.messages), more["answer_tokens"])
    filled = context(admin, request, prompt, f"Try {prompt}", **more)
    return TemplateResponse(request, PAGE, filled)


def _forget_errors(request, form: TryForm) -> None:
    """Leave out what is wrong with fields that the pressed button does not concern."""
    concerned = {"_turn": (), "_open": ("conversation", "reason")}
    for button in concerned.keys() & request.POST.keys():
        for name in form.errors.keys() - set(concerned[button]):
            del form.errors[name]


def _columns(form: TryForm):
    """Return the columns of a form, also of one that was not sent yet."""
    if form.is_bound:
        return form.columns
    chosen = {"versions": [int(each) for each in form.initial["versions"]], "typed": form.initial["typed"]}
    offered = {each.name for each in form.offered}
    named = [each for each in form.initial["models"] if each in offered]
    return form.columns_of(chosen | {"models": named})


def _opened(request, form: TryForm) -> Conversation | None:
    """Return the conversation that the form names, whose questions are then shown. That of somebody else needs the
    permission and a reason, and leaves an event."""
    form.is_valid()
    named = form.cleaned_data.get("conversation", "").strip()
    if not named or "_try" in request.POST and form.picked:
        return None
    found = past_questions.conversation_named(named)
    is_others = found and form.needs_reason(found)
    if found is None or is_others and not may_read(request.user):
        form.add_error("conversation", "There is no such conversation that you may read.")
        return None
    if is_others:
        if not form.check_reason(form.cleaned_data):
            return None
        keep_event(READ, request, found, form.cleaned_data["reason"])
    return found
