"""What a page shows of a long conversation, and where its links lead."""

import re

import pytest
from django.urls import reverse

from chatsite.conversations.models import Completion, Conversation, Message
from chatsite.conversations.models.branch import MESSAGES_PER_PART
from tests.conversations.test_branch import chain

PART = MESSAGES_PER_PART


@pytest.fixture
def long(alice) -> Conversation:
    return Conversation.objects.create(owner=alice)


@pytest.fixture
def made(long) -> list[Message]:
    """Its 200 messages."""
    return chain(long, 200)


@pytest.fixture
def shown(page, long):
    """Returns the messages that a page or a part has, and the queries of the links in its gaps."""

    def shown(name="detail", **query) -> tuple[list[str], list[str]]:
        html = page(name, long.uuid, **query).content.decode()
        _, _, html = html.partition("data-thread")
        gaps = re.findall(r'<a href="\?(\w+=[\w-]+)" data-load', html)
        return re.findall(r'id="m-([\w-]+)"', html.partition("<template")[0]), gaps

    return shown


def uuids(messages) -> list[str]:
    return [str(message.uuid) for message in messages]


def test_a_conversation_opens_at_its_end(shown, made):
    assert shown() == (uuids(made[-PART:]), [f"before={made[-PART].uuid}"])


def test_links_lead_to_the_first_message_part_by_part(shown, made):
    found, (earlier,) = shown()
    while earlier:
        part, links = shown("messages", before=earlier.partition("=")[2])
        found[:0], earlier = part, links[0] if links else ""
    assert found == uuids(made)


def test_without_a_script_earlier_messages_are_a_whole_page(shown, made):
    found, gaps = shown(before=str(made[-PART].uuid))
    assert (found, gaps) == (uuids(made[-2 * PART :]), [f"before={made[-2 * PART].uuid}"])
    found, gaps = shown(before=str(made[100].uuid))
    assert found == uuids(made[100 - PART : 100] + made[-PART:])
    gap = [f"after={made[99].uuid}", f"before={made[-PART].uuid}"]
    assert gaps == [f"before={made[100 - PART].uuid}", *gap]


def test_a_message_is_shown_between_those_around_it(shown, made):
    found, gaps = shown(at=str(made[50].uuid))
    assert str(made[50].uuid) in found[:-PART]
    assert f"after={found[-PART - 1]}" in gaps and f"before={found[0]}" in gaps
    following = uuids(made).index(found[-PART - 1]) + 1
    assert shown("messages", after=found[-PART - 1])[0] == uuids(made)[following : following + PART]


def test_a_message_at_the_end_is_shown_without_a_gap(shown, made):
    assert shown(at=str(made[-1].uuid)) == shown()
    found, gaps = shown(at=str(made[190].uuid))
    assert (found, gaps) == shown()


def test_the_first_messages_have_no_link_to_earlier_ones(shown, made):
    found, gaps = shown(at=str(made[0].uuid))
    assert found[0] == str(made[0].uuid) and len(gaps) == 2
    assert shown("messages", before=str(made[0].uuid)) == ([], [])


@pytest.mark.parametrize("query", [{"at": "x"}, {"before": ""}, {"after": "0" * 32}, {"at": "\0"}])
def test_an_address_of_no_message_shows_the_end(shown, made, query):
    assert shown(**query)[0] == uuids(made[-PART:])
    assert shown("messages", **query) == ([], [])


def test_nothing_is_shown_of_another_branch_or_conversation(shown, long, made, alice):
    chain(long, 3, made[150])
    other = chain(Conversation.objects.create(owner=alice), 40)
    for message in (made[175], other[5]):
        for where in ("at", "before", "after"):
            assert shown(**{where: str(message.uuid)}) == shown()
        for where in ("at", "after"):
            assert shown("messages", **{where: str(message.uuid)}) == ([], [])
    assert shown("messages", before=str(other[5].uuid)) == ([], [])


def test_a_permalink_leads_to_a_message_that_is_not_loaded(client, page, long, made):
    response = page("message", long.uuid, made[20].uuid)
    assert response.url.endswith(f"?at={made[20].uuid}#m-{made[20].uuid}")
    assert f'id="m-{made[20].uuid}"' in client.get(response.url).content.decode()


def test_each_message_has_a_permalink(page, long, made):
    html = page("detail", long.uuid).content.decode()
    assert f'<a href="#m-{made[-2].uuid}"' in html


def test_a_stranger_is_shown_no_part(client, mallory, long, made):
    client.force_login(mallory)
    address = reverse("conversations:messages", args=[long.uuid])
    assert client.get(address, {"before": made[9].uuid}).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


def test_ten_thousand_messages_open_with_as_many_statements_as_forty(
    page, long, made, django_assert_num_queries, django_assert_max_num_queries
):
    answers = (Completion(message=each, status="complete") for each in made[1::2])
    Completion.objects.bulk_create(answers)
    page("detail", long.uuid)
    with django_assert_max_num_queries(20) as few:
        page("detail", long.uuid)
    chain(long, 10_000, made[-1])
    with django_assert_num_queries(len(few)):
        page("detail", long.uuid)
