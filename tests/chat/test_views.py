"""The pages of conversations, as their owner sees them."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chatsite.conversations.models import Completion, Conversation, Message, Outcome, Role, Status
from chatsite.providers.models import Model, Provider


def test_the_first_page_offers_a_new_conversation(page):
    response = page("new")
    assert response.status_code == 200
    assert response.context["conversation"].pk is None
    assert Conversation.objects.count() == 0


def test_a_stored_conversation_shows_both_sides_rendered(page, conversation):
    html = page("detail", conversation.uuid).content.decode()
    assert "Is *this* bold?" in html
    assert "<strong>this</strong>" in html
    for message in conversation.messages.all():
        assert f'data-message="{message.uuid}"' in html


def test_a_page_asks_once_which_models_are_offered(page, conversation):
    Model.objects.create(provider=Provider.objects.create(name="Scripted"), name="demo")
    with CaptureQueriesContext(connection) as queries:
        assert page("detail", conversation.uuid).context["model"] == "demo"
    assert len([query for query in queries if 'FROM "providers_model"' in query["sql"]]) == 1


def test_a_page_asks_for_few_files(page):
    files = set(re.findall(r'"/static/([\w./-]+)', page("new").content.decode()))
    assert files == {"css/site.css", "favicon.svg", "icons.svg", "js/conversation.js", "js/theme.js"}


def test_what_a_person_typed_is_not_html(page, alice):
    conversation = Conversation.objects.create(owner=alice)
    conversation.say(uuid4(), "<script>alert(1)</script>", None)
    conversation.keep()
    assert "<script>alert" not in page("detail", conversation.uuid).content.decode()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("```python\nprint(1)\n```", "print(1)"),
        ("# Heading\ntext", "Heading"),
        ("---\n> ## A *b* `c_d`", "A b c_d"),
        ("- [ ] buy **milk**", "buy milk"),
        ("1. snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("***", "***"),
        ("~~~\n~~~", "~~~"),
        ("https://example.com/_x_/**y**", "example.com/_x_/**y**"),
    ],
)
def test_the_first_title_is_words_without_markdowns_marks(alice, text, title):
    conversation = Conversation.objects.create(owner=alice)
    conversation.say(uuid4(), text, None)
    assert conversation.title == title


def test_deleting_in_the_history_stays_there_and_says_so(page, client, alice, conversation):
    url = reverse("conversations:delete", args=[conversation.uuid]) + "?history"
    act = reverse("conversations:act-on-one", args=[conversation.uuid])
    assert f'value="delete" formaction="{act}"' in page("history").content.decode()
    assert 'href="/conversations/"' in client.get(url).content.decode()
    response = client.post(url, follow=True)
    ((address, _),) = response.redirect_chain
    assert address.startswith("/conversations/?done=")
    assert "“Is this bold?” was deleted." in response.content.decode()


def test_a_conversation_is_renamed(post, conversation):
    post("rename", conversation.uuid, title="  A better\n name ")
    conversation.refresh_from_db()
    assert conversation.title == "A better name"


def test_renaming_in_the_history_stays_there(post, conversation):
    assert post("rename", conversation.uuid, title="Better", history="").url == "/conversations/"
    assert post("rename", conversation.uuid, title="Better").url == conversation.get_absolute_url()


def test_an_empty_title_is_refused_in_words(post, conversation):
    response = post("rename", conversation.uuid, title=" ")
    assert (response.status_code, response.content.decode()) == (400, "A title needs at least one letter.")


def test_deleting_asks_first(page, post, conversation):
    assert page("delete", conversation.uuid).status_code == 200
    assert Conversation.objects.count() == 1
    post("delete", conversation.uuid)
    assert not Conversation.objects.of(conversation.owner).exists()


def test_the_page_of_a_deleted_conversation_offers_its_owner_to_restore_it(
    page, post, client, mallory, conversation
):
    post("delete", conversation.uuid)
    deleted = page("detail", conversation.uuid)
    assert (
        deleted.status_code == 404
        and '“<span dir="auto">Is this bold?</span>” can be restored.' in deleted.content.decode()
    )
    assert (
        post("act-on-one", conversation.uuid, act="restore", next=conversation.get_absolute_url()).status_code
        == 302
    )
    assert page("detail", conversation.uuid).status_code == 200
    post("delete", conversation.uuid)
    client.force_login(mallory)
    assert "bold" not in client.get(conversation.get_absolute_url()).content.decode()


def test_another_branch_can_be_shown(post, page, conversation):
    question = conversation.messages.get(role=Role.USER)
    first = conversation.messages.get(role=Role.ASSISTANT)
    second = conversation.reply_to(question, model="demo").message
    post("head", conversation.uuid, message=str(first.uuid))
    (part,) = page("detail", conversation.uuid).context["thread"]
    thread = part.messages
    assert [message.uuid for message in thread] == [question.uuid, first.uuid]
    assert (thread[1].siblings.position, thread[1].siblings.next) == (1, second.uuid)


@pytest.mark.parametrize("status", ["complete", "stopped", "failed", "interrupted"])
@pytest.mark.parametrize("text", ["How can I help?", ""])
def test_an_answer_without_a_question_offers_no_other_answer(page, alice, status, text):
    conversation = Conversation.objects.create(owner=alice)
    answer = Message.objects.create(conversation=conversation, role=Role.ASSISTANT, text=text)
    Completion.objects.create(message=answer, model="demo", status=status)
    conversation.show(answer)
    html = page("detail", conversation.uuid).content.decode()
    assert str(answer.uuid) in html and "data-copy-message" in html
    assert "data-again" not in html and "data-continue" not in html


def test_a_messages_source_is_its_own_text(page, conversation):
    answer = conversation.messages.get(role=Role.ASSISTANT)
    assert page("source", conversation.uuid, answer.uuid).content.decode() == "No, but **this** is."


def test_a_running_answer_is_shown_as_far_as_it_is(page, conversation):
    question = conversation.messages.get(role=Role.USER)
    run = conversation.reply_to(question, model="demo")
    run.log.create(offset=0, text="As far as **this**")
    html = page("detail", conversation.uuid).content.decode()
    assert "As far as <strong>this</strong>" in html
    assert 'aria-busy="true"' in html


def test_an_answer_that_ends_while_its_page_is_read_is_shown_with_its_text(page, conversation):
    question = conversation.messages.get(role=Role.USER)
    completion = conversation.reply_to(question, model="demo")
    reads = []

    def end_before_the_second_read(execute, sql, *args):
        reads.append(sql)
        if len(reads) == 2:
            assert completion.finish(Outcome("complete", text="All of it."))
        return execute(sql, *args)

    with connection.execute_wrapper(end_before_the_second_read):
        *_, answer = conversation.branch()
    # Its text comes with its end, or with the events of a running answer.
    assert (answer.completion.status, "All of it." in answer.html) in [
        ("complete", True),
        ("streaming", False),
    ]


def test_a_page_of_a_long_conversation_asks_the_database_little(page, alice, django_assert_max_num_queries):
    conversation = Conversation.objects.create(owner=alice)
    for _ in range(30):
        question = conversation.say(uuid4(), "And then?", conversation.head)
        conversation.reply_to(question, model="demo")
        Completion.objects.update(status=Status.COMPLETE)
    with django_assert_max_num_queries(20):
        page("detail", conversation.uuid)


@pytest.mark.parametrize("path", ["/", "/conversations/", "/conversations/list/", "/accounts/login/"])
def test_a_monitor_may_ask_for_the_head_of_a_page_alone(client, alice, path):
    client.force_login(alice)
    assert client.head(path).status_code == client.get(path).status_code
