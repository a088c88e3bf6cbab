"""The pages on which people share their conversations and revoke links."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.urls import reverse
from django.utils import timezone

from chatsite.conversations.models import Conversation, Status
from chatsite.history.sharing.models import Share, SharedMessage
from tests.history.sharing.conftest import body, say, shared

pytestmark = pytest.mark.django_db(transaction=True)

CHOSEN = {"audience": "anybody", "expiry": "30", "passphrase": ""}


@pytest.fixture
def page(client, alice):
    """Alice's browser."""
    client.force_login(alice)
    return client


def path(name: str, row) -> str:
    return reverse(f"sharing:{name}", args=[row.uuid])


def test_the_page_says_what_will_be_shared(page, talk):
    assert "2 messages, as they are now" in body(page.get(path("share", talk)))


def test_a_link_is_made_and_listed_with_its_address(page, talk):
    made = page.post(path("share", talk), CHOSEN)
    share = Share.objects.get()
    assert made.url == path("share", talk) and share.count == 2 and not share.signed_in_only
    for place in (made.url, reverse("sharing:links")):
        assert f"http://testserver{share.get_absolute_url()}" in body(page.get(place))
    assert abs(share.expires - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


def test_a_link_is_for_people_who_are_signed_in_and_expires_unless_one_chooses(page, talk):
    text = body(page.get(path("share", talk)))
    assert 'value="signed-in" required id="id_audience_0" checked' in text.replace(" />", "").replace(
        'id="id_audience_0" required', 'required id="id_audience_0"'
    )
    assert '<option value="30" selected>' in text


def test_a_link_can_last_for_good_and_have_a_passphrase(page, talk):
    page.post(path("share", talk), CHOSEN | {"expiry": "", "passphrase": "correct horse"})
    share = Share.objects.get()
    assert share.expires is None and check_password("correct horse", share.passphrase)
    assert "correct horse" not in body(page.get(reverse("sharing:links")))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"passphrase": "short"}, "at least 8 characters"),
        ({"passphrase": "x" * 201}, "at most 200 characters"),
        ({"audience": "everyone"}, "not one of the available choices"),
        ({"expiry": "100000000000"}, "not one of the available choices"),
    ],
)
def test_a_bad_choice_gets_a_sentence(page, talk, wrong, sentence):
    refused = page.post(path("share", talk), CHOSEN | wrong)
    assert refused.status_code == 422 and sentence in body(refused)
    assert not Share.objects.exists()


def test_where_an_admin_forbids_it_nothing_is_shared_with_anybody(page, talk, settings):
    settings.SHARE_SIGNED_IN_ONLY = True
    assert "Anybody who has" not in body(page.get(path("share", talk)))
    assert page.post(path("share", talk), CHOSEN).status_code == 422


def test_a_conversation_without_text_cannot_be_shared(page, alice):
    empty = Conversation.objects.create(owner=alice)
    assert "nothing to share yet" in body(page.get(path("share", empty)))
    assert page.post(path("share", empty), CHOSEN).status_code == 422 and not Share.objects.exists()


def test_an_answer_that_is_being_written_is_left_out(page, talk):
    say(talk, "Why?", "")
    talk.messages.last().completions.update(status=Status.STREAMING)
    text = body(page.get(path("share", talk)))
    assert "3 messages, as they are now, without the answer that is being written" in text
    page.post(path("share", talk), CHOSEN)
    assert Share.objects.get().count == SharedMessage.objects.count() == 3
    talk.messages.last().completions.update(status=Status.COMPLETE)


def test_only_the_shown_branch_is_shared(page, talk):
    first = talk.messages.first()
    other = talk.reply_to(first, model="other")
    other.status, other.message.text = Status.COMPLETE, "With yeast."
    other.save()
    other.message.save()
    page.post(path("share", talk), CHOSEN)
    assert list(SharedMessage.objects.order_by("number").values_list("text", flat=True)) == [
        first.text,
        "With yeast.",
    ]


def test_a_link_is_updated_under_the_same_address(page, talk):
    share = shared(talk, passphrase="kept")
    before = share.get_absolute_url()
    say(talk, "And rolls?", "Alike.")
    text = body(page.get(path("update", share)))
    assert "shows 2 messages" in text and "4 messages, as they are now" in text
    page.post(path("update", share), CHOSEN | {"audience": "signed-in", "expiry": "7"})
    share.refresh_from_db()
    assert share.get_absolute_url() == before and share.count == share.messages.count() == 4
    assert share.signed_in_only and share.days == 7 and share.passphrase == "kept"


def test_a_passphrase_can_be_taken_away(page, talk):
    share = shared(talk, passphrase="old")
    page.post(path("update", share), CHOSEN | {"without_passphrase": "on"})
    share.refresh_from_db()
    assert share.passphrase == ""


def test_a_revoked_link_and_its_messages_are_deleted(page, talk):
    page.post(path("revoke", shared(talk)))
    assert not Share.objects.exists() and not SharedMessage.objects.exists()


def test_revoking_stays_on_the_page_where_it_was_pressed(page, talk):
    shared(talk)
    fields = '<input type="hidden" name="conversation">'
    assert fields in body(page.get(path("share", talk)))
    assert fields not in body(page.get(reverse("sharing:links")))
    assert page.post(path("revoke", Share.objects.get()), {"conversation": ""}).url == path("share", talk)
    assert page.post(path("revoke", shared(talk))).url == reverse("sharing:links")


def test_a_link_is_not_revoked_by_following_a_link(page, talk):
    assert page.get(path("revoke", shared(talk))).status_code == 405


def test_an_expired_link_says_so_and_can_be_updated(page, talk):
    share = shared(talk, expires=timezone.now() - timedelta(hours=1))
    assert "expired" in body(page.get(reverse("sharing:links")))
    page.post(path("update", share), CHOSEN)
    assert Share.objects.open().filter(pk=share.pk).exists()


def test_a_stranger_neither_shares_nor_sees_nor_changes(client, talk, mallory):
    share = shared(talk)
    client.force_login(mallory)
    for where in (path("share", talk), path("update", share)):
        assert client.get(where).status_code == client.post(where, CHOSEN).status_code == 404
    assert client.post(path("revoke", share)).status_code == 404
    assert str(share.uuid) not in body(client.get(reverse("sharing:links")))
    assert Share.objects.get().count == 2


def test_nobody_shares(client, talk):
    share = shared(talk)
    places = [path("share", talk), path("update", share), path("revoke", share), reverse("sharing:links")]
    assert {client.post(where, CHOSEN).status_code for where in places} == {302}
    assert Share.objects.count() == 1


def test_a_link_that_cannot_be_made_again_is_not_shown(page, talk, settings):
    share = shared(talk)
    Share.objects.filter(pk=share.pk).update(seed="0" * 64)
    text = body(page.get(reverse("sharing:links")))
    assert "secret key of this site was changed" in text and "copy-link" not in text


def test_the_conversation_and_the_list_lead_to_it(page, talk):
    assert path("share", talk) in body(page.get(talk.get_absolute_url()))
    assert reverse("sharing:links") in body(page.get(reverse("conversations:history")))
