"""A database of the release before: its ledger stays, and tries can be stored."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from chatsite.tryouts.models import Tryout
from chatsite.usage.ledger import Use, add
from chatsite.usage.models import Source, UsageDay
from tests.harness.migrations import migrated_to


@pytest.fixture
def before(database):
    """The models of the release before."""
    with migrated_to(("tryouts", None), ("usage", "0003_limits")) as apps:
        yield apps


@pytest.fixture
def old_tries(database):
    """A try that was stored before its question was."""
    with migrated_to(("tryouts", "0001_tryouts")) as old:
        anna = User.objects.create_user("anna")
        prompt = old.get_model("prompts", "SystemPrompt").objects.create(name="Support")
        messages = [{"role": "user", "text": "Hello?"}]
        old.get_model("tryouts", "Tryout").objects.create(
            owner_id=anna.pk, prompt_id=prompt.pk, messages=messages
        )
        yield anna


def test_the_ledger_stays_and_takes_tries(before):
    anna = User.objects.create_user("anna")
    before.get_model("usage", "UsageDay").objects.create(
        key="1", day="2026-05-04", person_id=anna.pk, person_name="anna", model="m", source="chat", answers=7
    )
    call_command("migrate", verbosity=0)
    assert UsageDay.objects.get().answers == 7
    add(Use(anna.pk, "m", source=Source.TRYOUT))
    assert UsageDay.objects.filter(source="tryout").count() == 1


def test_a_try_stays(old_tries):
    call_command("migrate", verbosity=0)
    assert Tryout.objects.of(old_tries).get().history[0].text == "Hello?"
