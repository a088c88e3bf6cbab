"""The form of a tryout, submitted: it makes one tryout, even when “Try” was pressed twice."""

from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from chatsite.conversations.staff_reading import keep_event
from chatsite.tryouts import past_questions
from chatsite.tryouts.forms import TryForm
from chatsite.tryouts.models import Tryout, TryoutAnswer
from chatsite.tryouts.registry import start_from_thread

TRIED = "used to try a prompt"


def new_key() -> UUID:
    """Return the key of a page's next submission."""
    return uuid4()


def earlier_tryout(form: TryForm) -> Tryout | None:
    """Return the tryout that was made by the same submission, of the same messages and columns."""
    tried = _with_key(form)
    if tried is None or tried.prompt_id != form.prompt.pk or tried.messages != form.messages:
        return None
    made = [(each.version_id, each.typed, each.model) for each in tried.answers.filter(given=None)]
    asked = [(each.version and each.version.pk, each.typed, each.model.name) for each in form.columns]
    return tried if sorted(made, key=str) == sorted(asked, key=str) else None


def _with_key(form: TryForm) -> Tryout | None:
    key = _key(form)
    return Tryout.objects.filter(owner=form.user, press=key).first() if key else None


def _key(form: TryForm) -> UUID | None:
    try:
        return UUID(form.data.get("press", ""))
    except ValueError:
        return None


def _unused_key(form: TryForm) -> UUID | None:
    """Return the key of a form; None if a tryout has it, as when a form was changed and submitted again."""
    return None if _with_key(form) else _key(form)


def create_tryout(request, form: TryForm) -> Tryout:
    """Store the tryout, and start its answers. If another request with the same key was faster, return its tryout."""
    try:
        with transaction.atomic():
            tried, answers = _stored(request, form)
    except IntegrityError:
        if first := earlier_tryout(form):
            return first
        raise
    start_from_thread(answers)
    return tried


def _stored(request, form: TryForm) -> tuple[Tryout, list[TryoutAnswer]]:
    picked = form.picked
    tried = Tryout.objects.create(
        owner=request.user,
        prompt=form.prompt,
        press=_unused_key(form),
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


def _keep_answer(tried: Tryout, picked: past_questions.Question) -> None:
    """Store the answer that the person got at the time as the first column."""
    completion = picked.completion
    if completion is None:
        return
    waited = completion.first_delta - completion.started if completion.first_delta else None
    TryoutAnswer.objects.create(
        tryout=tried,
        version=completion.prompt_version,
        model=completion.model,
        given=completion.started,
        status=completion.status,
        text=picked.answer.text,
        reasoning=picked.answer.reasoning,
        provider=completion.provider,
        finish_reason=completion.finish_reason,
        error=completion.error,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        cost=completion.cost,
        first_word_seconds=waited.total_seconds() if waited is not None else None,
        seconds=completion.duration.total_seconds() if completion.duration else None,
    )
