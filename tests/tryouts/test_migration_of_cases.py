"""A database of the release before: what was tried stays, and is not a case."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from chatsite.tryouts.models import Tryout
from tests.harness.migrations import migrated_to

MESSAGES = [{"role": "user", "text": "Früh?"}]


@pytest.fixture
def stored(database):
    """A tryout with an answer, from before there were cases."""
    with migrated_to(("tryouts", "0002_questions")) as old:
        anna = User.objects.create_user("anna")
        prompt = old.get_model("prompts", "SystemPrompt").objects.create(name="Support")
        tried = old.get_model("tryouts", "Tryout").objects.create(
            owner_id=anna.pk, prompt_id=prompt.pk, messages=MESSAGES
        )
        answers = old.get_model("tryouts", "TryoutAnswer").objects
        answers.create(tryout=tried, typed="Help.", model="m", status="complete", text="Ja, früh.")
        yield


def test_what_was_tried_before_there_were_cases_stays_and_has_no_result(stored):
    call_command("migrate", "tryouts", verbosity=0)
    tried = Tryout.objects.get()
    answer = tried.answers.get()
    assert (tried.messages, tried.case, tried.case_run, tried.expected) == (MESSAGES, None, None, None)
    assert (answer.text, answer.passed, answer.why) == ("Ja, früh.", None, "")
