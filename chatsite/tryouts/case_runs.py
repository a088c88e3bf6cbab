"""Run all cases of a prompt, once at a time a person; stop a run."""

from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from chatsite.prompts.models import PromptCase, SystemPromptVersion
from chatsite.providers.models import Model
from chatsite.tryouts.columns import Column, Estimate, estimate
from chatsite.tryouts.models import CaseRun, Tryout, TryoutAnswer
from chatsite.tryouts.registry import start_from_thread, stop_from_thread


class NotPossible(Exception):
    """Its text is a sentence that says why."""


def price(
    cases: list[PromptCase], versions: list[SystemPromptVersion], model: Model, tokens: int
) -> Estimate:
    """Return how many answers a run takes, and about what they cost. tokens: of a usual answer."""
    columns = [Column(version, "", model) for version in versions]
    each = [estimate(columns, case.tokens, tokens) for case in cases]
    known = [found.cost for found in each if found.cost is not None]
    cost = sum(known, Decimal()) if len(known) == len(each) else None
    return Estimate(sum(found.answers for found in each), cost)


def run_all(
    user: User, live: SystemPromptVersion | None, version: SystemPromptVersion, model: Model
) -> CaseRun:
    """Answer all cases of the version's prompt with what is live and with this version. Raises NotPossible."""
    with transaction.atomic():
        # Of two requests at once, the second one finds the first one's answers.
        list(User.objects.select_for_update().filter(pk=user.pk).values_list("pk"))
        if TryoutAnswer.objects.running().filter(tryout__case_run__owner=user).exists():
            raise NotPossible("Your last run of cases is still being answered. Wait for its end, or stop it.")
        run = CaseRun.objects.create(
            owner=user, prompt_id=version.prompt_id, live=live, version=version, model=model.name
        )
        CaseRun.objects.surplus(user).delete()
        answers = [answer for case in version.prompt.cases.all() for answer in _answers(run, case, model)]
    start_from_thread(answers)
    return run


def _answers(run: CaseRun, case: PromptCase, model: Model) -> list[TryoutAnswer]:
    tried = Tryout.objects.create(
        owner=run.owner,
        prompt=case.prompt,
        source=Tryout.Sources.CASE,
        messages=case.messages,
        case_run=run,
        **case.kept,
    )
    answers = [Column(version, "", model).answer(tried) for version in run.versions]
    for answer in answers:
        answer.save()
    return answers


def stop(run: CaseRun) -> int:
    """Stop all of its answers that have not ended, on any worker. Returns how many."""
    running = TryoutAnswer.objects.running().filter(tryout__case_run=run)
    pks = list(running.values_list("pk", flat=True))
    running.update(stop_requested=True)
    stop_from_thread(pks)
    return len(pks)
