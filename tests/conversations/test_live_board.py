"""The live board: every running answer, who may see it, and who may stop one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from chatsite.audit.models import Event
from chatsite.conversations.models import Completion, Conversation, RunningAnswer

pytestmark = pytest.mark.django_db
BOARD = "/admin/conversations/runninganswer/"


def running(owner, model="large") -> Completion:
    conversation = Conversation.objects.create(owner=owner, title="A secret title")
    return conversation.reply_to(conversation.say(uuid4(), "A secret question", None), model=model)


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def staff(client) -> User:
    staff = User.objects.create_user("sam", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_runninganswer"))
    client.force_login(staff)
    return staff


def test_the_board_shows_who_is_answered_by_what_and_how_fast(admin, alice):
    completion = running(alice)
    Completion.objects.filter(pk=completion.pk).update(started=timezone.now() - timedelta(seconds=20))
    completion.log.create(offset=0, text="x" * 100, at=timezone.now() - timedelta(seconds=18))
    completion.log.create(offset=100, text="y" * 50)
    (row,) = RunningAnswer.rows()
    assert (row.person, row.model, row.speed) == ("alice", "large", 10)
    assert 1.5 < row.first_word_seconds < 2.5 and 19 < row.seconds < 22
    page = admin.get(BOARD).content.decode()
    assert "1 answer is being written." in page and "alice" in page


def test_the_board_shows_nothing_of_what_is_said(admin, alice):
    running(alice).log.create(offset=0, text="A secret answer")
    assert "secret" not in admin.get(BOARD).content.decode()


def test_an_answer_without_a_word_yet_is_waited_for(admin, alice):
    running(alice)
    assert "waiting" in admin.get(BOARD).content.decode()


def test_two_queries_are_enough_for_many_answers(alice, django_assert_num_queries):
    for number in range(12):
        running(alice, f"model {number}")
    with django_assert_num_queries(2):
        assert len(RunningAnswer.rows()) == 12


def test_an_answer_is_stopped_and_the_deed_is_recorded(admin, alice):
    completion = running(alice)
    page = admin.post(f"{BOARD}stop/", {"answer": completion.pk}, follow=True).content.decode()
    completion.refresh_from_db()
    assert completion.stop_requested and "stopping" in page
    assert Event.objects.get().verb == "stopped"


def test_an_answer_that_has_ended_cannot_be_stopped(admin, alice):
    completion = running(alice)
    Completion.objects.update(status="complete")
    assert (
        "had ended already"
        in admin.post(f"{BOARD}stop/", {"answer": completion.pk}, follow=True).content.decode()
    )


@pytest.mark.parametrize("answer", ["", "one", "9" * 30, "9" * 5000])
def test_what_names_no_answer_stops_none(admin, answer):
    assert "had ended" in admin.post(f"{BOARD}stop/", {"answer": answer}, follow=True).content.decode()


def test_seeing_is_not_stopping(client, staff, alice):
    completion = running(alice)
    page = client.get(BOARD).content.decode()
    assert "alice" in page and 'name="answer"' not in page
    assert client.post(f"{BOARD}stop/", {"answer": completion.pk}).status_code == 403
    assert not Completion.objects.get().stop_requested


def test_others_see_no_board(client, alice):
    client.force_login(User.objects.create_user("tim", is_staff=True))
    assert client.get(BOARD).status_code == 403
    client.force_login(alice)
    assert client.get(BOARD).status_code == 302


@pytest.mark.django_db(transaction=True)
async def test_the_stream_sends_the_rows_as_they_change(async_client, alice):
    root = await User.objects.acreate_superuser("root")
    await async_client.aforce_login(root)
    response = await async_client.get(f"{BOARD}events/")
    events = aiter(response.streaming_content)
    assert b"No answer is being written now." in await anext(events)
    await sync_to_async(running)(alice)
    assert b"alice" in await anext(events)
    await events.aclose()


@pytest.mark.django_db(transaction=True)
async def test_the_stream_is_for_those_who_see_the_board(async_client, alice):
    await async_client.aforce_login(alice)
    assert (await async_client.get(f"{BOARD}events/")).status_code == 403
