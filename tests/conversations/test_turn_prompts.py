"""System prompts that were taken away from a person while a conversation had them."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsite.conversations.continuation import continue_reply
from chatsite.conversations.elements import element
from chatsite.conversations.models import Message, Status
from chatsite.conversations.options import Options
from chatsite.conversations.turns import create_reply
from chatsite.prompts.models import SystemPrompt
from tests.conversations.turns import end, send


@pytest.fixture
def staff_prompt(alice) -> SystemPrompt:
    """A prompt for a group that alice is in."""
    prompt = SystemPrompt.objects.create(name="Staff only")
    prompt.publish("Secret.")
    prompt.groups.add(Group.objects.create(name="staff"))
    alice.groups.set(prompt.groups.all())
    return prompt


def leave_group(alice, prompt):
    alice.groups.clear()


def switch_off(alice, prompt):
    SystemPrompt.objects.filter(pk=prompt.pk).update(enabled=False)


def say_more(alice, first):
    return send(alice, "And?", first.completion.message.conversation.uuid)


def regenerate(alice, first):
    return create_reply(alice, first.message.conversation.uuid, first.message.uuid, Options())


def continue_it(alice, first):
    end(first, Status.STOPPED)
    reply = first.completion.message
    return continue_reply(alice, reply.conversation.uuid, reply.uuid)


RUNS = pytest.mark.parametrize("run", [say_more, regenerate, continue_it])


@RUNS
@pytest.mark.parametrize("take_away", [leave_group, switch_off])
def test_a_prompt_that_was_taken_away_is_not_sent_and_the_answer_says_so(
    alice, model, staff_prompt, run, take_away
):
    first = send(alice, prompt="Staff only")
    end(first)
    take_away(alice, staff_prompt)
    turn = run(alice, first)
    assert [said["content"] for said in turn.request if said["role"] == "system"] == []
    end(turn)
    html = element(Message.objects.get(pk=turn.completion.message_id))
    assert turn.completion.prompt_version is None
    assert "“Staff only” is not offered to you any more" in html


@RUNS
def test_a_prompt_that_a_person_may_use_stays(alice, model, staff_prompt, run):
    first = send(alice, prompt="Staff only")
    end(first)
    turn = run(alice, first)
    assert turn.request[0] == {"role": "system", "content": "Secret."}
    assert turn.completion.dropped_prompt == ""


def test_a_prompt_that_was_taken_away_is_told_of_once_and_another_one_is_used(alice, model, staff_prompt):
    SystemPrompt.objects.create(name="Open").publish("Hello.")
    first = send(alice, prompt="Staff only")
    end(first)
    leave_group(alice, staff_prompt)
    conversation = first.completion.message.conversation.uuid
    for number, (chosen, dropped) in enumerate([(None, "Staff only"), (None, ""), ("Open", "")]):
        turn = send(alice, f"{number}?", conversation, prompt=chosen)
        end(turn)
        assert turn.completion.dropped_prompt == dropped
    assert turn.request[0]["content"] == "Hello."


def test_a_prompt_costs_a_turn_no_statement(alice, model, staff_prompt):
    counts = []
    for prompt in ("", "Staff only"):
        first = send(alice, prompt=prompt)
        end(first)
        with CaptureQueriesContext(connection) as queries:
            say_more(alice, first)
        counts.append(len(queries))
    assert counts[0] == counts[1]
