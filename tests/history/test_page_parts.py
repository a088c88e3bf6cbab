"""Parts of pages: scripts get them alone, and a person who opens their address comes to the page."""

import pytest
from django.urls import reverse

from chatsite.conversations.models import Conversation

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
LISTS = ["conversations:list", "conversations:entries", "conversations:folder-lists"]


@pytest.fixture
def client(client, alice):
    client.force_login(alice)
    return client


@pytest.mark.parametrize("name", LISTS)
def test_the_address_of_a_part_of_the_history_leads_a_person_there(client, name):
    response = client.get(reverse(name), {"show": "archived"}, headers=BROWSER, follow=True)
    assert response.redirect_chain == [("/conversations/?show=archived", 302)]
    assert ">Archived" in response.content.decode()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("headers", [{}, {"accept": "*/*"}])
def test_a_script_gets_the_part_alone(client, name, headers):
    response = client.get(reverse(name), headers=headers)
    assert response.status_code == 200 and "<html" not in response.content.decode()


@pytest.mark.parametrize("headers", [{}, BROWSER])
def test_caches_keep_the_part_and_the_way_to_the_page_apart(client, headers):
    response = client.get(reverse("conversations:list"), headers=headers)
    assert "Accept" in response["Vary"].split(", ")


def test_the_address_of_messages_leads_a_person_to_their_conversation(client, alice):
    conversation = Conversation.objects.create(owner=alice)
    url = reverse("conversations:messages", args=[conversation.uuid])
    response = client.get(f"{url}?before=8", headers=BROWSER)
    assert response.url == f"{conversation.get_absolute_url()}?before=8"
    assert "<html" not in client.get(url).content.decode()


def test_a_person_who_is_not_signed_in_signs_in_first(client):
    client.logout()
    assert client.get(reverse("conversations:list"), headers=BROWSER).url.startswith("/accounts/login/")
