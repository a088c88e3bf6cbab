"""Conversations in the admin: staff see who and when. What was said needs a permission and a reason."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from chatsite.audit.models import Event
from chatsite.conversations.models import Completion, Conversation, Message

SAID = ("Wildflower", "Honeycomb", "Beekeeping", "Pollen")
# Filters that would reveal what was said.
PROBES = [
    ("conversation", "title__startswith=B"),
    ("conversation", "title=Beekeeping"),
    ("conversation", "messages__text__contains=Wild"),
    ("conversation", "head__text__gt=A"),
    ("message", "text__startswith=W"),
    ("message", "reasoning__contains=P"),
    ("message", "conversation__title__gt=A"),
    ("completion", "message__text__startswith=W"),
    ("completion", "message__conversation__title=Beekeeping"),
]
SEES_FACTS = ["view_conversation", "view_message", "view_completion", "view_user"]


@pytest.fixture
def conversation(alice) -> Conversation:
    conversation = Conversation.objects.create(owner=alice, title="Beekeeping")
    run = conversation.reply_to(conversation.say(uuid4(), "Wildflower?", None), model="demo")
    run.message.text, run.message.reasoning, run.status = "Honeycomb.", "Pollen", "complete"
    run.message.save()
    run.save()
    return conversation


def staff(client, *codenames: str) -> User:
    user = User.objects.create_user("staff", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return user


def change_page(row) -> str:
    return reverse(f"admin:conversations_{row._meta.model_name}_change", args=[row.pk])


def texts(conversation) -> str:
    return reverse("admin:conversations_conversation_texts", args=[conversation.pk])


def reveals(response) -> list[str]:
    return [word for word in SAID if word in response.content.decode()]


def test_staff_without_the_permission_see_no_conversations(client, conversation):
    staff(client)
    assert client.get("/admin/conversations/conversation/").status_code == 403


def test_staff_who_see_conversations_read_nothing_of_them(client, conversation):
    staff(client, *SEES_FACTS)
    lists = [f"/admin/conversations/{name}/" for name in ("conversation", "message", "completion")]
    rows = [conversation, *Message.objects.all(), *Completion.objects.all()]
    history = [change_page(row).replace("change", "history") for row in rows]
    for path in [*lists, *map(change_page, rows), *history, "/admin/"]:
        response = client.get(path)
        assert response.status_code == 200 and not reveals(response), path
    assert str(conversation.uuid) in client.get(lists[0]).content.decode()


@pytest.mark.parametrize("person", ["staff", "superuser"])
def test_no_search_filter_or_order_reveals_what_was_said(client, conversation, person):
    user = staff(client, *SEES_FACTS)
    User.objects.filter(pk=user.pk).update(is_superuser=person == "superuser")
    for name in ("conversation", "message"):
        found = client.get(f"/admin/conversations/{name}/?q=Wildflower").content.decode()
        assert str(conversation.uuid) not in found
    for name, query in PROBES:
        assert client.get(f"/admin/conversations/{name}/?{query}").status_code == 400, query


@pytest.mark.parametrize("place", ["auth/user", "providers/provider", "prompts/systemprompt", "auth/group"])
def test_no_filter_of_other_lists_reveals_it(client, conversation, admin_user, place):
    client.force_login(admin_user)
    for path in (
        "conversations__",
        "conversation__",
        "completion__message__",
        "versions__completion__message__",
    ):
        for said in ("title__gt=A", "messages__text__gt=A", "text__gt=A"):
            # The list refuses it, or says that it knows no such filter.
            assert client.get(f"/admin/{place}/?{path}{said}").status_code in {302, 400}


def test_they_are_found_by_id_and_by_owner(client, conversation):
    staff(client, *SEES_FACTS)
    for query in (conversation.uuid, "alice"):
        assert (
            str(conversation.uuid)
            in client.get(f"/admin/conversations/conversation/?q={query}").content.decode()
        )
    message = conversation.messages.first()
    for query in (message.uuid, conversation.uuid):
        assert str(message.uuid) in client.get(f"/admin/conversations/message/?q={query}").content.decode()
    assert client.get("/admin/conversations/message/?model__exact=demo").status_code == 400
    assert client.get("/admin/conversations/conversation/?model__exact=demo").status_code == 200


def test_staff_change_nothing(client, conversation):
    staff(client, *SEES_FACTS, "view_conversation_text")
    url = change_page(conversation)
    assert client.post(url, {"title": "Changed"}).status_code == 403
    assert client.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_without_the_permission_nobody_reads_whatever_reason_they_write(client, conversation):
    staff(client, *SEES_FACTS)
    assert client.get(texts(conversation)).status_code == 403
    assert client.post(texts(conversation), {"reason": "Out of interest"}).status_code == 403
    assert (
        not Event.objects.exists()
        and texts(conversation) not in client.get(change_page(conversation)).content.decode()
    )


def test_with_the_permission_they_read_only_after_they_wrote_why(client, conversation):
    user = staff(client, *SEES_FACTS, "view_conversation_text")
    assert texts(conversation) in client.get(change_page(conversation)).content.decode()
    asked = client.get(texts(conversation))
    assert "alice will see that you have read it" in asked.content.decode() and not reveals(asked)
    for reason in ("", "    ", "why"):
        refused = client.post(texts(conversation), {"reason": reason})
        assert not reveals(refused) and "errorlist" in refused.content.decode()
    assert not Event.objects.exists()
    assert len(reveals(client.post(texts(conversation), {"reason": "A report of a fault"}))) == len(SAID)
    event = Event.objects.get()
    assert (event.verb, event.actor, event.owner, event.reason) == (
        "read",
        user,
        conversation.owner,
        "A report of a fault",
    )
    assert event.target_id == str(conversation.pk) and not any(word in str(vars(event)) for word in SAID)


def test_the_permission_to_read_needs_no_permission_to_see_lists(client, conversation):
    staff(client, "view_conversation_text")
    assert client.get("/admin/conversations/conversation/").status_code == 403
    assert reveals(client.post(texts(conversation), {"reason": "A report of a fault"}))


def test_a_superuser_writes_why_as_all_others_do(client, conversation, admin_user):
    client.force_login(admin_user)
    assert not reveals(client.get(texts(conversation)))
    for row in [conversation, *conversation.messages.all()]:
        assert not reveals(client.get(change_page(row)))
    client.post(texts(conversation), {"reason": "A report of a fault"})
    assert Event.objects.get().actor == admin_user
    assert f"target_id={conversation.pk}" in client.get(change_page(conversation)).content.decode()


def test_each_reading_is_an_event_of_its_own(client, conversation):
    staff(client, "view_conversation_text")
    for _ in range(2):
        client.post(texts(conversation), {"reason": "A report of a fault"})
    assert Event.objects.count() == 2


def test_a_person_who_is_no_staff_comes_to_the_page_to_sign_in(client, conversation, mallory):
    client.force_login(mallory)
    mallory.user_permissions.add(Permission.objects.get(codename="view_conversation_text"))
    assert client.post(texts(conversation), {"reason": "A report of a fault"}).status_code == 302
    assert not Event.objects.exists()


def test_markup_in_what_was_said_is_shown_as_text(client, conversation):
    conversation.say(uuid4(), "<script>alert(1)</script>", conversation.head)
    staff(client, "view_conversation_text")
    text = client.post(texts(conversation), {"reason": "A report of a fault"}).content.decode()
    assert "&lt;script&gt;" in text and "<script>alert" not in text
