"""The page of results, as its owner, a stranger and nobody; and where its links lead."""

import re
from urllib.parse import unquote_plus
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chatsite.conversations.models import Conversation, Message, Outcome, Status
from chatsite.history.search.results import PAGE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation(alice) -> Conversation:
    """A question with two answers; the second one is shown."""
    made = Conversation.objects.create(owner=alice, title="Soups")
    question = made.say(uuid4(), "Which <b>soup</b> is best?", None)
    for answer in ("Bean soup.", "Tomato soup."):
        completion = made.reply_to(question, model="demo")
        made.keep()
        completion.finish(Outcome(Status.COMPLETE, answer))
    return made


@pytest.fixture
def search(client, alice):
    def search(typed, **options):
        client.force_login(alice)
        return client.get(reverse("conversations:history"), {"q": typed, **options})

    return search


def html(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_hit_shows_its_conversation_its_message_and_the_words(search, conversation):
    page = html(search("bean"))
    answer = Message.objects.get(text="Bean soup.")
    assert f'<li data-conversation="{conversation.uuid}" data-message="{answer.uuid}">' in page
    assert "<mark>Bean</mark> soup." in page
    assert reverse("conversations:message", args=[conversation.uuid, answer.uuid]) in page


def test_what_a_person_typed_is_not_html(search, conversation):
    page = html(search('soup <script> "'))
    assert "<script> " not in page
    assert "&lt;b&gt;<mark>soup</mark>&lt;/b&gt;" in html(search("soup"))


def test_a_hit_on_another_branch_shows_that_branch(client, search, conversation):
    hidden, shown = Message.objects.get(text="Bean soup."), Message.objects.get(text="Tomato soup.")
    assert conversation.shows(shown) and not conversation.shows(hidden)
    search("bean")
    response = client.get(reverse("conversations:message", args=[conversation.uuid, hidden.uuid]))
    assert response.url == f"/conversations/{conversation.uuid}/?at={hidden.uuid}#m-{hidden.uuid}"
    assert f'id="m-{hidden.uuid}"' in html(client.get(response.url))
    conversation.refresh_from_db()
    assert conversation.head == hidden


def test_a_link_to_a_message_that_is_shown_changes_nothing(client, search, conversation):
    search("soup")
    before = Conversation.objects.values_list("head", "changed").get()
    for message in (conversation.messages.first(), conversation.head):
        client.get(reverse("conversations:message", args=[conversation.uuid, message.uuid]))
    assert Conversation.objects.values_list("head", "changed").get() == before


def test_nobody_else_is_led_to_a_message(client, mallory, conversation):
    address = reverse("conversations:message", args=[conversation.uuid, conversation.head.uuid])
    assert client.get(address).url.startswith("/accounts/login/")
    client.force_login(mallory)
    assert client.get(address).status_code == 404
    assert "Nothing matches" in html(client.get("/conversations/", {"q": "soup"}))


def test_a_conversation_that_was_deleted_appears_no_more(search, conversation):
    conversation.delete()
    assert "Nothing matches “soup*”" in html(search("soup*"))


def test_more_results_follow(search, alice):
    made = Conversation.objects.create(owner=alice)
    for number in range(PAGE + 1):
        Message.objects.create(conversation=made, role="user", text=f"soup {number}")
    page = html(search("soup"))
    assert page.count("data-message=") == PAGE
    (after,) = re.findall(r'href="\?q=soup&amp;after=([^"]*)" rel="next"', page)
    rest = html(search("soup", after=unquote_plus(after)))
    assert rest.count("data-message=") == 1 and "<mark>soup</mark> 0" in rest and "More results" not in rest


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-soup", "Add a word to look for"),
        ("folder:work", "You have no folder with “work” in its name."),
        ("before:soon", "needs a date"),
        ("\udcff", "Search for letters or digits"),
        ("zebra", "Search for words that begin like this, too"),
    ],
)
def test_what_cannot_be_answered_is_said(search, conversation, typed, sentence):
    assert sentence in html(search(typed.encode("utf-8", "surrogatepass")))


def test_an_empty_search_is_the_list(search, conversation):
    assert "Soups" in html(search("  ")) and "Today" in html(search(""))


def test_a_page_of_results_takes_a_fixed_number_of_queries(search, alice):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            search("soup")
        return len(captured)

    made = Conversation.objects.create(owner=alice, title="Soup")
    Message.objects.create(conversation=made, role="user", text="soup")
    search("soup")  # signed in
    few = queries()
    for number in range(50):
        made = Conversation.objects.create(owner=alice, title=f"Soup {number}")
        Message.objects.create(conversation=made, role="user", text="soup")
    assert queries() == few
