"""What is sent upstream, and what a turn saves."""

from uuid import uuid4

import pytest

from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Conversation, Message, Said, Status
from chatsite.conversations.requests import request_for
from chatsite.conversations.turns import Choice, create_message, create_reply
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model, Provider


@pytest.fixture
def model(db) -> Model:
    Provider.objects.update(enabled=False)
    provider = Provider.objects.create(name="Somewhere", base_url="http://127.0.0.1:1/v1")
    return Model.objects.create(provider=provider, name="small")


def said(*texts: str) -> list[Said]:
    return [Said(("user", "assistant")[n % 2], text) for n, text in enumerate(texts)]


def send(user, text="Hello?", conversation=None, message=None, parent="head", **choice):
    return create_message(user, conversation or uuid4(), message or uuid4(), text, parent, Choice(**choice))


def test_history_goes_whole_when_the_window_is_not_known():
    request, omitted = request_for(said("One?", "1", "Two?"), "Be brief.", None)
    assert [message["content"] for message in request] == ["Be brief.", "One?", "1", "Two?"]
    assert omitted == 0


def test_the_oldest_exchanges_are_left_out_and_counted_when_the_window_is_small():
    history = said("a" * 4000, "b" * 4000, "c" * 400, "d" * 400, "e?")
    request, omitted = request_for(history, "Be brief.", 1000)
    assert [message["content"][0] for message in request] == ["B", "c", "d", "e"]
    assert omitted == 2


def test_the_question_itself_always_goes():
    request, omitted = request_for(said("x" * 9000), "", 100)
    assert (len(request), omitted) == (1, 0)


def test_an_empty_answer_is_not_sent_again():
    request, _ = request_for(said("One?", "", "Two?"), "", None)
    assert [message["role"] for message in request] == ["user", "user"]


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


def test_a_conversation_of_another_person_is_refused(alice, mallory, model):
    conversation = uuid4()
    send(alice, conversation=conversation)
    with pytest.raises(Refusal, match="not there"):
        send(mallory, conversation=conversation)


def test_without_a_model_nothing_is_saved_and_the_reason_is_said(alice, model):
    Model.objects.update(enabled=False)
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
        create_reply(alice, conversation, turn.message.uuid, Choice())


def test_the_same_request_has_the_same_hash(alice, model):
    hashes = {send(alice, text).completion.request_hash for text in ("Same?", "Same?", "Other?")}
    assert len(hashes) == 2
