"""What people say of answers: who may, what is stored, and that a page needs no statement more for it."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsite.conversations.elements import element
from chatsite.conversations.models import Completion, Conversation, Feedback, Message, Outcome, Status
from chatsite.prompts.models import SystemPrompt

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def answer(conversation) -> Message:
    return conversation.messages.get(role="assistant")


@pytest.fixture
def save(post, conversation, answer):
    """Store a sentence by the form."""

    def save(**fields):
        return post("feedback", conversation.uuid, message=answer.uuid, **{"value": -1, **fields})

    return save


def given() -> list[tuple]:
    return list(Feedback.objects.values_list("value", "words", "shared"))


def test_an_answer_is_good_or_bad_or_nothing_any_more(post, conversation, answer):
    for name, stored in [("bad", [(-1, "", False)]), ("good", [(1, "", False)]), ("none", []), ("none", [])]:
        assert post("rate", conversation.uuid, **{name: answer.uuid}).status_code == 302
        assert given() == stored


def test_a_sentence_is_kept_when_the_answer_turns_out_good(post, save, conversation, answer):
    save(words="  Too\n long ", shared="on")
    assert given() == [(-1, "Too long", True)]
    post("rate", conversation.uuid, good=answer.uuid)
    assert given() == [(1, "Too long", True)]
    save(value=1, words="Too long")
    assert given() == [(1, "Too long", False)]


def test_a_form_without_scripts_leads_to_that_for_a_sentence_and_back(post, page, conversation, answer):
    to_form = post("rate", conversation.uuid, bad=answer.uuid).url
    assert to_form == f"/conversations/{conversation.uuid}/feedback/?message={answer.uuid}"
    assert "What was wrong?" in page("feedback", conversation.uuid, message=answer.uuid).content.decode()
    back = post("rate", conversation.uuid, none=answer.uuid).url
    assert back.endswith(f"?at={answer.uuid}#m-{answer.uuid}")
    assert page("feedback", conversation.uuid, message=answer.uuid).url == back


def test_a_script_gets_the_answer_as_a_reload_shows_it(client, alice, page, conversation, answer):
    client.force_login(alice)
    url = f"/conversations/{conversation.uuid}/rate/"
    html = client.post(url, {"bad": str(answer.uuid)}, **JSON).json()["html"]
    assert 'name="none"' in html and html in page("detail", conversation.uuid).content.decode()


def test_a_long_sentence_comes_back_with_the_reason(save, client, conversation, answer):
    answered = save(words="x" * 501)
    assert answered.status_code == 400 and given() == []
    assert "This has at most 500 characters. Yours has 501." in answered.content.decode()
    assert "x" * 501 in answered.content.decode()
    fields = {"message": str(answer.uuid), "value": -1, "words": "x" * 501}
    refused = client.post(f"/conversations/{conversation.uuid}/feedback/", fields, **JSON)
    assert (refused.status_code, refused.json()["sentence"][:24]) == (400, "This has at most 500 cha")


@pytest.mark.parametrize("fields", [{"value": "2"}, {"value": ""}, {"value": "x"}])
def test_a_value_that_cannot_be_is_refused(save, fields):
    assert save(**fields).status_code == 400 and given() == []


def test_what_no_database_stores_is_left_out(save):
    save(words="Too\0 long")
    assert given() == [(-1, "Too long", False)]


def test_only_finished_answers_of_ones_own_conversation_get_feedback(
    client, post, bob, alice, conversation, answer
):
    question, other = conversation.messages.get(role="user"), Conversation.objects.create(owner=alice)
    for named in (question.uuid, uuid4(), "x", ""):
        assert post("rate", conversation.uuid, bad=named).status_code == 404
        assert post("feedback", conversation.uuid, message=named, value=1).status_code == 404
    assert post("rate", other.uuid, bad=answer.uuid).status_code == 404
    assert post("rate", conversation.uuid).status_code == 404
    Completion.objects.update(status=Status.STREAMING)
    assert post("rate", conversation.uuid, bad=answer.uuid).status_code == 404
    Completion.objects.update(status=Status.COMPLETE)
    client.force_login(bob)
    assert client.post(f"/conversations/{conversation.uuid}/rate/", {"bad": answer.uuid}).status_code == 404
    client.logout()
    assert client.post(f"/conversations/{conversation.uuid}/rate/", {"bad": answer.uuid}).status_code == 302
    assert given() == []


def test_a_temporary_conversation_shares_nothing_and_leaves_nothing(save, conversation):
    conversation.temporary_until = conversation.created
    conversation.save()
    save(words="Too long", shared="on")
    assert given() == [(-1, "Too long", False)]
    conversation.delete()
    assert given() == []


def statements(page, conversation) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert page("detail", conversation.uuid).status_code == 200
    return len(queries)


def test_a_page_of_rated_answers_needs_no_statement_more(page, alice, conversation):
    for _ in range(9):
        run = conversation.reply_to(conversation.say(uuid4(), "And thyme?", conversation.head), model="demo")
        run.finish(Outcome(Status.COMPLETE, "A herb.", is_seen=True))
    statements(page, conversation)
    before = statements(page, conversation)
    for answer in conversation.messages.filter(role="assistant"):
        Feedback.objects.create(message=answer, person=alice, value=-1, words="Too long")
    assert statements(page, conversation) == before
    html = page("detail", conversation.uuid).content.decode()
    assert (html.count('data-rating="-1"'), html.count("data-rating=")) == (10, 10)


def test_an_answer_that_ends_for_the_first_time_is_shown_without_a_query(alice, conversation):
    run = conversation.reply_to(conversation.say(uuid4(), "And thyme?", conversation.head), model="demo")
    ended = run.finish(Outcome(Status.COMPLETE, "A herb."))
    ended.message.completion = ended
    _ = ended.message.siblings
    with CaptureQueriesContext(connection) as queries:
        assert 'title="Good answer"' in element(ended.message)
    assert not queries


def test_details_lead_staff_to_the_version_and_to_the_answer(client, alice, conversation):
    prompt = SystemPrompt.objects.create(name="Support")
    version = prompt.draft("You help.", alice)
    Completion.objects.update(prompt_version=version)
    client.force_login(alice)
    url = f"/conversations/{conversation.uuid}/"
    assert "data-sees=" not in client.get(url).content.decode()
    alice.user_permissions.set(
        Permission.objects.filter(codename__in=["view_systemprompt", "view_completion"])
    )
    assert "data-sees=" not in client.get(url).content.decode()
    alice.is_staff = True
    alice.save()
    html = client.get(url).content.decode()
    assert 'data-sees="answers versions"' in html
    for address in (
        f"/admin/prompts/systemprompt/{prompt.pk}/versions/{version.number}/",
        f"/admin/conversations/completion/{Completion.objects.get().pk}/change/",
    ):
        assert f'href="{address}"' in html and client.get(address).status_code == 200


def test_an_answer_and_the_form_of_its_page_are_shown_without_failed_look_ups(page, conversation, caplog):
    caplog.set_level("DEBUG", "django.template")
    element(conversation.messages.get(role="assistant"))
    assert caplog.records == []
    html = page("detail", conversation.uuid).content.decode()
    failed = {record.args[0] for record in caplog.records}
    assert failed.isdisjoint({"form", "answer", "value", "words", "is_shared", "problem", "back"})
    assert (html.count('<symbol id="good"'), html.count('href="#good"')) == (1, 1)
