"""What a turn saves, and what it refuses."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsite.conversations.continuation import continue_reply
from chatsite.conversations.elements import element
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion, Conversation, Message, Outcome, Status
from chatsite.conversations.options import Options
from chatsite.conversations.turns import create_reply
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model
from tests.conversations.turns import send


def test_the_same_message_sent_again_is_the_same_turn(alice, model):
    conversation, message = uuid4(), uuid4()
    first = send(alice, conversation=conversation, message=message)
    again = send(alice, conversation=conversation, message=message)
    assert (first.completion.pk, again.is_new) == (again.completion.pk, False)
    assert Message.objects.count() == 2


def test_an_id_that_another_person_has_used_is_refused(alice, mallory, model):
    message = uuid4()
    send(alice, message=message)
    with pytest.raises(Refusal, match="taken"):
        send(mallory, message=message)


def test_an_id_that_an_answer_has_is_refused(alice, model):
    conversation = uuid4()
    first = send(alice, conversation=conversation)
    Completion.objects.update(status=Status.COMPLETE)
    send(alice, "More?", conversation)
    with pytest.raises(Refusal, match="taken"):
        send(alice, "Lost?", conversation, message=first.completion.message.uuid)


def test_a_conversation_of_another_person_is_refused(alice, mallory, model):
    conversation = uuid4()
    send(alice, conversation=conversation)
    with pytest.raises(Refusal, match="not found"):
        send(mallory, conversation=conversation)


def test_without_a_model_nothing_is_saved_and_the_reason_is_said(alice, model):
    Model.objects.update(offered=False)
    with pytest.raises(Refusal, match="No model is connected"):
        send(alice)
    assert Conversation.objects.count() == 0


def test_a_prompt_of_another_group_is_not_offered(alice, model, django_user_model):
    prompt = SystemPrompt.objects.create(name="Staff only")
    prompt.publish("Secret.")
    prompt.groups.create(name="staff")
    with pytest.raises(Refusal, match="Staff only"):
        send(alice, prompt="Staff only")


def test_a_conversation_can_do_without_the_default_prompt(alice, model):
    SystemPrompt.objects.create(name="Careful", is_default=True).publish("Be careful.")
    assert send(alice).request[0]["role"] == "system"
    assert send(alice, prompt="").request[0]["role"] == "user"


def test_parameters_that_only_the_site_sets_do_not_come_with_a_conversation(alice, model):
    conversation = uuid4()
    send(alice, conversation=conversation)
    Completion.objects.update(status=Status.STOPPED)
    smuggled = {"extra_headers": {"X-Team": "1"}, "extra_body": {"model": "large"}, "stream": False, "n": 9}
    Conversation.objects.update(params={"temperature": 0.5, "stop": {"not": "a text"}, **smuggled})
    answer = Message.objects.get(role="assistant")
    assert continue_reply(alice, conversation, answer.uuid).completion.params == {"temperature": 0.5}
    Completion.objects.update(status=Status.COMPLETE)
    assert send(alice, conversation=conversation).completion.params == {"temperature": 0.5}


def test_an_answer_without_a_question_is_not_continued(alice, model):
    conversation = Conversation.objects.create(owner=alice)
    answer = Message.objects.create(conversation=conversation, role="assistant", text="How can I")
    Completion.objects.create(message=answer, model="small", status=Status.STOPPED)
    with pytest.raises(Refusal, match="no question"):
        continue_reply(alice, conversation.uuid, answer.uuid)


def test_an_edited_message_is_a_sibling_with_its_own_answer(alice, model):
    conversation = uuid4()
    first = send(alice, "Frist?", conversation)
    first.completion.status = Status.COMPLETE
    first.completion.save()
    edited = send(alice, "First?", conversation, parent=None)
    assert edited.message.parent is None
    stored = Conversation.objects.get(uuid=conversation)
    assert [message.text for message in stored.branch()] == ["First?", ""]
    assert edited.request == [{"role": "user", "content": "First?"}]


def test_a_message_that_is_being_answered_is_not_answered_twice(alice, model):
    conversation = uuid4()
    turn = send(alice, conversation=conversation)
    with pytest.raises(Refusal, match="still being written"):
        create_reply(alice, conversation, turn.message.uuid, Options())


def test_the_same_request_has_the_same_hash(alice, model):
    hashes = {send(alice, text).completion.request_hash for text in ("Same?", "Same?", "Other?")}
    assert len(hashes) == 2


def test_a_models_default_parameters_are_sent_and_stored_unless_a_command_says_otherwise(alice, model):
    Model.objects.update(temperature=0.2, max_tokens=500, other_params={"seed": 7})
    plain = send(alice).completion
    assert plain.params == {"temperature": 0.2, "max_tokens": 500, "seed": 7}
    chosen = send(alice, params={"temperature": 1.5, "max_completion_tokens": 9}).completion
    assert chosen.params == {"temperature": 1.5, "max_completion_tokens": 9, "seed": 7}
    assert chosen.message.conversation.params == {"temperature": 1.5, "max_completion_tokens": 9}


def test_an_answer_that_is_continued_has_its_models_default_parameters(alice, model):
    turn = send(alice)
    Model.objects.update(temperature=0.2)
    Completion.objects.update(status=Status.INTERRUPTED)
    conversation, answer = turn.message.conversation, turn.completion.message
    assert continue_reply(alice, conversation.uuid, answer.uuid).completion.params == {"temperature": 0.2}


def test_a_request_with_other_defaults_or_another_place_of_its_prompt_has_another_hash(alice, model):
    SystemPrompt.objects.create(name="Short").publish("Be brief.")
    hashes = [send(alice, prompt="Short").completion.request_hash]
    for change in ({"temperature": 0.2}, {"temperature": None, "system_as_user": True}):
        Model.objects.update(**change)
        hashes.append(send(alice, prompt="Short").completion.request_hash)
    assert len(set(hashes)) == 3


def test_a_model_that_refuses_system_messages_is_sent_none(alice, model):
    SystemPrompt.objects.create(name="Short").publish("Be brief.")
    Model.objects.update(system_as_user=True)
    assert send(alice, prompt="Short").request == [{"role": "user", "content": "Be brief.\n\nHello?"}]


@pytest.fixture
def of_writers(model) -> Model:
    """A model for a group that nobody is in."""
    large = Model.objects.create(provider=model.provider, name="large")
    large.groups.add(Group.objects.create(name="writers"))
    return large


def test_who_may_not_use_a_model_is_told_so_and_nothing_is_saved(alice, of_writers):
    with pytest.raises(Refusal, match="The model “large” is for groups that you are not in. Choose another"):
        send(alice, model="large")
    assert not Message.objects.exists()
    alice.groups.add(Group.objects.get(name="writers"))
    assert send(alice, model="large").models == [of_writers]


def test_a_conversation_whose_model_was_given_to_others_does_not_move_to_another_one(alice, model):
    conversation = send(alice).message.conversation
    Completion.objects.update(status=Status.COMPLETE)
    Model.objects.create(provider=model.provider, name="another")
    model.groups.add(Group.objects.create(name="writers"))
    with pytest.raises(Refusal, match="“small” is for groups"):
        send(alice, conversation=conversation.uuid)


def test_who_may_use_no_model_at_all_is_told_so(alice, model):
    model.groups.add(Group.objects.create(name="writers"))
    with pytest.raises(Refusal, match="No model is offered to you"):
        send(alice)


def test_a_turn_costs_few_statements_at_its_beginning_and_its_end(alice, model):
    """Without those that only begin, keep or end a transaction."""
    conversation = uuid4()
    with CaptureQueriesContext(connection) as first:
        turn = send(alice, conversation=conversation, model="small")
        element(turn.message)
        element(turn.completion.message)
    with CaptureQueriesContext(connection) as end:
        assert turn.completion.finish(Outcome(Status.COMPLETE, "Hello."))
    with CaptureQueriesContext(connection) as second:
        send(alice, conversation=conversation, model="small")
    assert (statements(first), statements(end), statements(second)) == (8, 4, 7)


def statements(queries: CaptureQueriesContext) -> int:
    transactions = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
    return len([query for query in queries if not query["sql"].startswith(transactions)])


def test_a_change_is_marked_with_the_databases_time(alice):
    conversation = Conversation.objects.create(owner=alice)
    conversation.title = "Renamed"
    conversation.touch("title")
    stored = Conversation.objects.get(pk=conversation.pk)
    assert (stored.title, stored.changed) == ("Renamed", conversation.changed)
