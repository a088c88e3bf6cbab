"""The brake of a trial: it stops by itself when its answers are clearly worse than those of the live version.

Who began it finds that on the prompt's page, in the list of prompts and on the first page of the admin. To begin the
trial again lifts the brake: only conversations that begin from then on are compared.
"""

import logging
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from chatsite.audit.recording import SITE, record
from chatsite.prompts.answers import Numbers, numbers_begun
from chatsite.prompts.models import SystemPrompt
from chatsite.prompts.publishing import NotPossible, now_of, stop_scheduled, stop_trial
from chatsite.prompts.releases import Kind, Release, State, in_order, scheduled

logger = logging.getLogger(__name__)

# A difference that chance alone makes less often than this stops a trial; the test is two-sided.
MAX_CHANCE = 0.001
# Fewer answers than this on either side prove nothing.
MIN_ANSWERS = 50
# The newest of each version that are compared.
MAX_ANSWERS = 10_000
MEASURES = {
    "failed": "failed",
    "stopped": "were stopped",
    "again": "were asked again",
    "bad": "were marked bad",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One measure of a trial against the live version. chance: of a difference as large as this without a cause."""

    measure: str
    trial: Numbers
    live: Numbers
    chance: float

    @property
    def trial_percent(self) -> int:
        return self.trial.percent(getattr(self.trial, self.measure)) or 0

    @property
    def live_percent(self) -> int:
        return self.live.percent(getattr(self.live, self.measure)) or 0

    @property
    def is_worse(self) -> bool:
        enough = min(self.trial.answers, self.live.answers) >= MIN_ANSWERS
        higher = _rate(self.trial, self.measure) > _rate(self.live, self.measure)
        return enough and higher and self.chance < MAX_CHANCE

    def __str__(self) -> str:
        return (
            f"{self.trial_percent} % of {self.trial.answers} answers {MEASURES[self.measure]}; "
            f"{self.live_percent} % of {self.live.answers} with the live version"
        )


def verdicts(trial: Numbers, live: Numbers) -> list[Verdict]:
    """Compare a trial with what is live, by each measure."""
    return [Verdict(name, trial, live, chance(trial, live, name)) for name in MEASURES]


def chance(trial: Numbers, live: Numbers, measure: str) -> float:
    """Return how likely chance alone makes two shares differ this much: the two-sided test of two proportions."""
    n, m = trial.answers, live.answers
    if not n or not m:
        return 1.0
    pooled = (getattr(trial, measure) + getattr(live, measure)) / (n + m)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    if not spread:
        return 1.0
    return math.erfc(abs(_rate(trial, measure) - _rate(live, measure)) / spread / math.sqrt(2))


def _rate(numbers: Numbers, measure: str) -> float:
    return getattr(numbers, measure) / numbers.answers if numbers.answers else 0.0


def compared(prompt: SystemPrompt) -> tuple[Numbers, Numbers] | None:
    """Return the numbers of the version on trial and of the live one, in conversations that began since; None where
    nothing is on trial."""
    return _compared(prompt, now_of(prompt))


def _compared(prompt: SystemPrompt, state: State) -> tuple[Numbers, Numbers] | None:
    if not state.trial or not state.live:
        return None
    since = _began(prompt, state.trial)
    found = numbers_begun([state.trial.version, state.live.version], since, MAX_ANSWERS)
    return found.get(state.trial.version, Numbers()), found.get(state.live.version, Numbers())


def _began(prompt: SystemPrompt, trial: Release) -> datetime:
    past = in_order(prompt.releases.facts(), timezone.now())
    return min(each.at for each in past if each.kind == Kind.TRIAL and each.root == trial.root)


def stop_bad_trials() -> list[str]:
    """Stop the trials that are clearly worse than what is live. Returns a sentence for each."""
    stopped = []
    for prompt in SystemPrompt.objects.filter(releases__kind=Kind.TRIAL).distinct():
        state = now_of(prompt)
        numbers = _compared(prompt, state)
        bad = next((each for each in verdicts(*numbers) if each.is_worse), None) if numbers else None
        if bad and state.trial and _stop(prompt, state.trial, str(bad)):
            stopped.append(f"The trial of “{prompt}” was stopped: {bad}.")
    return stopped


def housekeeping() -> list[dict[str, Any]]:
    """Stop bad trials, and log it. No open page shows trials, so there are no hints."""
    for sentence in stop_bad_trials():
        logger.warning(sentence)
    return []


def _stop(prompt: SystemPrompt, trial: Release, why: str) -> bool:
    """Stop this trial, and take off the plan what would put its version in force later."""
    note = f"Stopped by itself: {why}."[:200]
    try:
        with transaction.atomic():
            for due in _planned(prompt, trial):
                stop_scheduled(prompt, due.pk, None, note)
            stop_trial(prompt, None, note, root=trial.root)
            record("stopped the trial of", prompt, by=SITE, reason=f"v{trial.number}. {note}")
    except NotPossible:  # a person was faster
        return False
    return True


def _planned(prompt: SystemPrompt, trial: Release) -> list[Release]:
    """Return the planned releases of the version on trial, but those that end with the trial."""
    due = scheduled(prompt.releases.facts(), timezone.now())
    return [
        each
        for each in due
        if each.version == trial.version and each.kind != Kind.STOP and each.root != trial.root
    ]
