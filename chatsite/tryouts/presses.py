"""A press of the button “Try”: it makes one tryout, also where it was pressed twice."""

from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from chatsite.conversations.reading import keep_event
from chatsite.tryouts import past
from chatsite.tryouts.forms import TryForm
from chatsite.tryouts.models import Tryout, TryoutAnswer
from chatsite.tryouts.registry import start_from_thread

TRIED = "used to try a prompt"


def new() -> UUID:
    """Return what the next press on a page is known by."""
    return uuid4()


def made_before(form: TryForm) -> Tryout | None:
    """Return the tryout that the same press has made, of the same messages and columns."""
    tried = _pressed(form)
    if tried is None or tried.prompt_id != form.prompt.pk or tried.messages != form.messages:
        return None
    made = [(each.version_id, each.typed, each.model) for each in tried.answers.filter(given=None)]
    asked = [(each.version and each.version.pk, each.typed, each.model.name) for each in form.columns]
    return tried if sorted(made, key=str) == sorted(asked, key=str) else None


def _pressed(form: TryForm) -> Tryout | None:
    press = _sent(form)
    return Tryout.objects.filter(owner=form.user, press=press).first() if press else None


def _sent(form: TryForm) -> UUID | None:
    try:
        return UUID(form.data.get("press", ""))
    except ValueError:
        return None


def _unused(form: TryForm) -> UUID | None:
    """Return the press of a form; None where its page was left, changed, and pressed again."""
    return None if _pressed(form) else _sent(form)


def made(request, form: TryForm) -> Tryout:
    """Store the tryout, and start its answers; return the one of the same press where another request was faster."""
    try:
        with transaction.atomic():
            tried, answers = _stored(request, form)
    except IntegrityError:
        if first := made_before(form):
            return first
        raise
    start_from_thread(answers)
    return tried


def _stored(request, form: TryForm) -> tuple[Tryout, list[TryoutAnswer]]:
    picked = form.picked
    tried = Tryout.objects.create(
        owner=request.user,
        prompt=form.prompt,
        press=_unused(form),
        source=form.cleaned_data["source"],
        messages=form.messages,
        question=picked and picked.message,
        **(form.case.kept if form.case else {}),
    )
    Tryout.objects.surplus(request.user).delete()
    if picked:
        _keep_answer(tried, picked)
        if not picked.is_shared and form.needs_reason(picked.message.conversation):
            keep_event(TRIED, request, picked.message.conversation, form.cleaned_data["reason"])
    answers = [column.answer(tried) for column in form.columns]
    for answer in answers:
        answer.save()
    return tried, answers


def _keep_answer(tried: Tryout, picked: past.Question) -> None:
    """Keep the answer that the person got then as the first column."""
    run = picked.completion
    if run is None:
        return
    TryoutAnswer.objects.create(
        tryout=tried,
        version=run.prompt_version,
        model=run.model,
        given=run.started,
        status=run.status,
        text=picked.answer.text,
        reasoning=picked.answer.reasoning,
        provider=run.provider,
        finish_reason=run.finish_reason,
        error=run.error,
        prompt_tokens=run.prompt_tokens,
        completion_tokens=run.completion_tokens,
        cost=run.cost,
        first_word_seconds=(run.first_delta - run.started).total_seconds() if run.first_delta else None,
        seconds=run.duration.total_seconds() if run.duration else None,
    )
