"""What is sent to a model server of a conversation's history."""

from chatsite.conversations.models import HistoryItem
from chatsite.conversations.requests import request_for


def said(*texts: str) -> list[HistoryItem]:
    return [HistoryItem(("user", "assistant")[n % 2], text) for n, text in enumerate(texts)]


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
