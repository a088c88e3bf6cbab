"""The forms and scripts that do something with selected conversations."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from chatsite.conversations.models import Conversation, Folder, Message
from chatsite.history.organising import sentences
from chatsite.history.organising.models import Act


@pytest.fixture
def act(client, alice):
    """Sends the form; returns the page that it leads to."""
    client.force_login(alice)
    return lambda act, **fields: client.post(
        reverse("conversations:act"), {"act": act, **fields}, follow=True
    )


@pytest.fixture
def script(client, alice):
    """Sends the same from a script."""
    client.force_login(alice)
    return lambda act, **fields: client.post(
        reverse("conversations:act"), {"act": act, **fields}, headers={"accept": "application/json"}
    )


@pytest.fixture
def made(alice) -> list[Conversation]:
    return [Conversation.objects.create(owner=alice, title=f"Number {number}") for number in range(50)]


def uuids(conversations) -> list[str]:
    return [str(each.uuid) for each in conversations]


def test_the_selected_ones_are_moved_and_a_sentence_says_so(act, alice, made):
    work = Folder.objects.create(owner=alice, name="Work")
    page = act("move", conversation=uuids(made[:20]), to=str(work.uuid)).content.decode()
    assert "20 conversations were moved to “Work”." in page
    assert work.conversations.count() == 20


def test_undo_is_a_button_on_the_page_that_follows(act, client, made):
    page = act("delete", conversation=uuids(made[:20])).content.decode()
    (done,) = Act.objects.all()
    url = reverse("conversations:undo", args=[done.uuid])
    assert f'action="{url}"' in page and "Number 5<" not in page
    page = client.post(url, follow=True).content.decode()
    assert "Undone for 20 conversations." in page
    assert Conversation.objects.filter(deleted=None).count() == 50


def test_undo_leads_back_to_the_conversation_that_was_deleted_on_its_own_page(client, made):
    shown = made[0].get_absolute_url()
    client.force_login(made[0].owner)
    url = reverse("conversations:act-on-one", args=[made[0].uuid])
    new = client.post(url, {"act": "delete", "next": shown}).url
    assert f'name="next" value="{shown}"' in client.get(new).content.decode()


def test_undo_of_many_leads_to_none_of_them(act, client, made):
    page = act("delete", conversation=uuids(made[:2]), next="/").content.decode()
    assert "were deleted" in page and "data-back" not in page


def test_undo_is_offered_again_when_the_page_is_loaded_again(act, client, made):
    client.force_login(made[0].owner)
    gone = client.post(reverse("conversations:act"), {"act": "archive", "conversation": uuids(made[:20])})
    first, again = (client.get(gone.url).content.decode() for _ in range(2))
    (done,) = Act.objects.all()
    for page in (first, again):
        assert page.count("20 conversations were archived.") == 1
        assert page.count(reverse("conversations:undo", args=[done.uuid])) == 1


def test_undo_is_not_offered_any_more_once_it_was_done(script, client, made):
    answer = script("pin", conversations=" ".join(uuids(made))).json()
    address = f"{reverse('conversations:history')}?done={answer['done']}"
    assert "50 conversations were pinned." in client.get(address).content.decode()
    client.post(answer["undo"])
    assert "were pinned" not in client.get(address).content.decode()


@pytest.mark.parametrize("done", ["", "nonsense", "\0", "8f14e45f-ceea-467f-a830-5d2f2b1c9a10"])
def test_an_address_that_names_no_act_says_nothing(client, alice, done):
    client.force_login(alice)
    page = client.get(reverse("conversations:history"), {"done": done})
    assert page.status_code == 200 and "Undo</button>" not in page.content.decode().split("<template>")[0]


def test_a_stranger_is_not_told_what_was_done(script, client, mallory, made):
    answer = script("pin", conversations=str(made[0].uuid)).json()
    client.force_login(mallory)
    page = client.get(reverse("conversations:history"), {"done": answer["done"]}).content.decode()
    assert "Number 0" not in page


def test_a_script_gets_the_sentence_and_the_way_to_undo_it(script, client, made):
    answer = script("pin", conversations=" ".join(uuids(made))).json()
    assert answer["sentence"] == "50 conversations were pinned."
    answer = client.post(answer["undo"], headers={"accept": "application/json"}).json()
    assert answer == {"sentence": "Undone for 50 conversations.", "undo": None, "done": None}
    assert not Conversation.objects.filter(pinned=True).exists()


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, 30),
        ({"show": "pinned"}, 10),
        ({"show": "archived"}, 20),
        ({"show": "nonsense"}, 30),
        ({"q": "Number 1"}, 1),
        ({"q": "in:title Number is:archived"}, 20),
        ({"q": "num*"}, 50),
        ({"q": "beans"}, 2),
        ({"q": "-"}, 0),
    ],
)
def test_all_that_match_are_those_of_the_page_also_what_is_not_loaded(script, alice, made, where, expected):
    Conversation.objects.filter(pk__in=[each.pk for each in made[:20]]).update(archived=True)
    Conversation.objects.filter(pk__in=[each.pk for each in made[20:30]]).update(pinned=True)
    for conversation in (made[0], made[40]):
        Message.objects.create(conversation=conversation, role="user", text="beans")
    script("delete", all="yes", **where)
    assert Conversation.objects.exclude(deleted=None).count() == expected


def test_all_of_a_folder(script, alice, made):
    work = Folder.objects.create(owner=alice, name="Work")
    Conversation.objects.filter(pk__in=[each.pk for each in made[:7]]).update(folder=work)
    assert script("archive", all="yes", folder=str(work.uuid)).json()["sentence"].startswith("7 ")


def test_ten_thousand_can_be_named_one_by_one(script, alice):
    Conversation.objects.bulk_create(Conversation(owner=alice) for _ in range(10_000))
    named = " ".join(str(uuid) for uuid in Conversation.objects.values_list("uuid", flat=True))
    assert script("archive", conversations=named).json()["sentence"] == "10,000 conversations were archived."


@pytest.mark.parametrize(
    "act_name", ["pin", "unpin", "archive", "unarchive", "move", "delete", "restore", "purge"]
)
def test_a_strangers_conversations_are_left_alone(script, alice, mallory, made, client, act_name):
    Conversation.objects.filter(pk=made[0].pk).update(deleted=timezone.now())
    before = list(Conversation.objects.order_by("pk").values())
    client.force_login(mallory)
    for fields in ({"conversation": uuids(made)}, {"all": "yes"}, {"all": "yes", "show": "deleted"}):
        client.post(reverse("conversations:act"), {"act": act_name, "sure": "yes", **fields})
    assert list(Conversation.objects.order_by("pk").values()) == before


def test_a_strangers_folder_is_no_place_to_move_to(act, mallory, made):
    theirs = Folder.objects.create(owner=mallory, name="Theirs")
    page = act("move", conversation=uuids(made), to=str(theirs.uuid)).content.decode()
    assert sentences.NO_FOLDER in page and not theirs.conversations.exists()
    page = act("pin", all="yes", folder=str(theirs.uuid)).content.decode()
    assert sentences.NO_FOLDER in page and not Conversation.objects.filter(pinned=True).exists()


@pytest.mark.parametrize("to", ["nonsense", "00000000-0000-4000-8000-000000000000", "\0"])
def test_a_folder_that_is_none_is_refused(act, made, to):
    assert sentences.NO_FOLDER in act("move", conversation=uuids(made), to=to).content.decode()


def test_nothing_selected_is_said(act, script, made):
    assert sentences.SELECT_SOME in act("pin").content.decode()
    assert script("pin", conversation="").status_code == 422


@pytest.mark.parametrize("name", ["", "explode", "PIN"])
def test_what_is_no_act_is_refused(act, made, name):
    assert act(name, conversation=uuids(made)).status_code == 400


@pytest.mark.parametrize("garbage", ["x", "\0", "9" * 100, "[]"])
def test_what_names_no_conversation_changes_nothing(act, made, garbage):
    assert act("delete", conversation=garbage).status_code == 200
    assert not Conversation.objects.exclude(deleted=None).exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "conversations",
        "//[",
        "http://a\u2100b/",
    ],
)
def test_it_leads_to_no_other_site(client, alice, made, url):
    client.force_login(alice)
    fields = {"act": "pin", "conversation": uuids(made), "next": url}
    page = client.post(reverse("conversations:act"), fields).url
    assert page == f"{reverse('conversations:history')}?done={Act.objects.get().uuid}"


def test_it_leads_back_to_its_page(client, alice, made):
    client.force_login(alice)
    fields = {"act": "pin", "conversation": uuids(made), "next": "/conversations/?show=pinned&done=before"}
    page = client.post(reverse("conversations:act"), fields).url
    assert page == f"/conversations/?show=pinned&done={Act.objects.get().uuid}"


def test_only_people_who_are_signed_in_do_anything(client, made):
    for name, args in (("act", []), ("undo", [uuid4()])):
        assert client.get(reverse(f"conversations:{name}", args=args)).status_code in (302, 405)
        assert client.post(reverse(f"conversations:{name}", args=args)).url.startswith("/accounts/")
