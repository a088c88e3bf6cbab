"""Tryouts: messages that were tried, the answers to them, and runs of all cases. They are part of no conversation."""

from chatsite.tryouts.models.answer import TryoutAnswer
from chatsite.tryouts.models.case_run import MAX_CASE_RUNS_PER_USER, CaseRun
from chatsite.tryouts.models.status import Status
from chatsite.tryouts.models.tryout import MAX_AGE, MAX_TRYOUTS_PER_USER, Tryout

__all__ = [
    "MAX_AGE",
    "MAX_CASE_RUNS_PER_USER",
    "MAX_TRYOUTS_PER_USER",
    "CaseRun",
    "Status",
    "Tryout",
    "TryoutAnswer",
]
