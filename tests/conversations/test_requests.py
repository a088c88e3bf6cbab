"""What is sent to a model server of a conversation's history."""

from chatsite.conversations.models import HistoryItem
from chatsite.conversations.requests import request_for
from chatsite.providers.models import Model


def said(*texts: str) -> list[HistoryItem]:
    return [HistoryItem(("user", "assistant")[n % 2], text) for n, text in enumerate(texts)]


def test_history_goes_whole_when_the_window_is_not_known():
    request, omitted = request_for(said("One?", "1", "Two?"), "Be brief.", [Model()])
    assert [message["content"] for message in request] == ["Be brief.", "One?", "1", "Two?"]
    assert omitted == 0


def test_the_oldest_exchanges_are_left_out_and_counted_when_the_window_is_small():
    history = said("a" * 4000, "b" * 4000, "c" * 400, "d" * 400, "e?")
    request, omitted = request_for(history, "Be brief.", [Model(context_window=1000)])
    assert [message["content"][0] for message in request] == ["B", "c", "d", "e"]
    assert omitted == 2


def test_the_question_itself_always_goes():
    request, omitted = request_for(said("x" * 9000), "", [Model(context_window=100)])
    assert (len(request), omitted) == (1, 0)


def test_an_empty_answer_is_not_sent_again():
    request, _ = request_for(said("One?", "", "Two?"), "", [Model()])
    assert [message["role"] for message in request] == ["user", "user"]


def test_a_model_that_refuses_system_messages_gets_the_prompt_in_the_first_message_of_a_person():
    request, _ = request_for(said("One?", "1", "Two?"), "Be brief.", [Model(system_as_user=True)])
    assert [message["role"] for message in request] == ["user", "assistant", "user"]
    assert request[0]["content"] == "Be brief.\n\nOne?"


def test_the_prompt_is_in_that_message_also_where_only_another_provider_refuses_system_messages():
    request, _ = request_for(said("One?"), "Be brief.", [Model(), Model(system_as_user=True)])
    assert request == [{"role": "user", "content": "Be brief.\n\nOne?"}]


def test_without_a_prompt_the_messages_of_such_a_model_are_as_they_are():
    request, _ = request_for(said("One?"), " ", [Model(system_as_user=True)])
    assert request == [{"role": "user", "content": "One?"}]


def test_where_a_history_begins_with_an_answer_the_prompt_is_a_message_of_its_own():
    history = [HistoryItem("assistant", "Hello!"), *said("One?")]
    request, _ = request_for(history, "Be brief.", [Model(system_as_user=True)])
    assert [message["content"] for message in request] == ["Be brief.", "Hello!", "One?"]


def test_a_prompt_in_the_first_message_is_sent_when_the_oldest_were_left_out():
    history = said("a" * 4000, "b" * 4000, "c" * 400, "d" * 400, "e?")
    request, omitted = request_for(history, "Be brief.", [Model(context_window=1000, system_as_user=True)])
    assert request[0]["content"].startswith("Be brief.\n\nc") and omitted == 2
