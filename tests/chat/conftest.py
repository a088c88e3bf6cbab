"""Limits of use: one of 100 tokens a month, and a process that knows of none yet."""

import pytest

from chatsite.conversations.quotas import SITE_LIMITS
from chatsite.usage.models import Limit


@pytest.fixture
def no_limits_known():
    """The process knows of no limits: it remembers those of another test's site for some seconds."""
    SITE_LIMITS.learned(False)
    yield
    SITE_LIMITS.learned(False)


@pytest.fixture
def limit(db) -> Limit:
    return Limit.objects.create(tokens_a_month=100)
