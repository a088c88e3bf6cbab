"""What editors of prompts read of answers that people shared, and what nobody reads."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone

from chatsite.conversations.models import Completion, Feedback, Outcome, Status
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.prompts.permissions import make_groups
from chatsite.providers.models import Provider

pytestmark = pytest.mark.django_db
LIST = "/admin/conversations/sharedanswer/"


@pytest.fixture
def shared(conversation, alice) -> Feedback:
    """Alice's second answer, which she shared; not the first one, nor her next question."""
    prompt = SystemPrompt.objects.create(name="Support")
    version = SystemPromptVersion.objects.create(
        prompt=prompt, number=1, text="You help {{ user.name }}.", has_variables=True
    )
    run = conversation.reply_to(
        conversation.say(uuid4(), "And what of thyme?", conversation.head),
        model="demo", prompt_version=version, prompt_values={"user.name": "Alice"}, params={"temperature": 0.5},
    )  # fmt: skip
    cost = {"cost": Decimal("0.0123"), "provider": Provider.objects.create(name="Garden")}
    run.finish(Outcome(Status.COMPLETE, "Thyme is <b>a herb</b>.", **cost))
    conversation.say(uuid4(), "A secret recipe?", conversation.head)
    return Feedback.objects.create(
        message=run.message, person=alice, value=-1, words="Too short", shared=True
    )


@pytest.fixture
def editor(client) -> User:
    person = User.objects.create_user("eve", is_staff=True)
    make_groups(apps, None)
    person.groups.add(Group.objects.get(name="Prompt editors"))
    client.force_login(person)
    return person


def pages(client, shared) -> list[str]:
    return [client.get(url).content.decode() for url in (LIST, f"{LIST}{shared.pk}/change/")]


def test_an_editor_reads_the_question_the_answer_and_the_sentence_and_nothing_else(client, editor, shared):
    listed, one = pages(client, shared)
    assert "Too short" in listed and "Support · v1" in listed
    for said in ("And what of thyme?", "Thyme is &lt;b&gt;a herb&lt;/b&gt;.", "Too short", "alice"):
        assert said in one
    for said in ("Is *this* bold?", "A secret recipe?"):
        assert said not in listed + one


def test_it_says_what_the_answer_was_written_from(client, editor, shared):
    one = pages(client, shared)[1]
    version = shared.message.completion.prompt_version
    assert f'/versions/{version.number}/">Support · v1</a>' in one
    for fact in ("You help Alice.", "demo · Garden", "temperature: 0.5", "0.0123"):
        assert fact in one


def test_what_is_not_shared_any_more_is_not_there(client, editor, shared):
    Feedback.objects.update(shared=False)
    assert "Too short" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{shared.pk}/change/").status_code == 302


@pytest.mark.parametrize("column", ["deleted", "temporary_until"])
def test_nor_what_was_deleted_or_is_temporary(client, editor, shared, column, conversation):
    setattr(conversation, column, timezone.now())
    conversation.save()
    assert "Too short" not in client.get(LIST).content.decode()


def test_whoever_reads_what_people_said_is_no_editor_by_that(client, shared):
    reader = User.objects.create_user("rita", is_staff=True)
    codes = ["view_conversation_text", "view_completion", "view_message", "view_systemprompt"]
    reader.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(reader)
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{shared.pk}/change/").status_code == 403


def test_they_are_found_by_prompt(client, editor, shared):
    prompt, other = SystemPrompt.objects.get(), SystemPrompt.objects.create(name="Sales")
    assert "Too short" in client.get(f"{LIST}?prompt={prompt.pk}").content.decode()
    assert "Too short" not in client.get(f"{LIST}?prompt={other.pk}").content.decode()


def test_nobody_changes_or_deletes_them_in_the_admin(client, admin_user, shared):
    client.force_login(admin_user)
    assert client.post(f"{LIST}{shared.pk}/change/", {"words": "Fine"}).status_code == 403
    assert client.post(f"{LIST}{shared.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_answers_page_shows_the_prompts_text_to_those_who_see_prompts_alone(client, shared):
    person = User.objects.create_user("sam", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="view_completion"))
    client.force_login(person)
    url = f"/admin/conversations/completion/{Completion.objects.last().pk}/change/"
    page = client.get(url).content.decode()
    assert "Support · v1" in page and "You help" not in page and "Thyme is" not in page
    person.user_permissions.add(Permission.objects.get(codename="view_systemprompt"))
    page = client.get(url).content.decode()
    assert "You help" in page and "Thyme is" not in page and "Too short" not in page


def test_a_conversations_page_names_what_each_answer_was_written_by(client, shared, conversation):
    person = User.objects.create_user("sam", is_staff=True)
    codes = ["view_conversation", "view_message", "view_completion"]
    person.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(person)
    page = client.get(f"/admin/conversations/conversation/{conversation.pk}/change/").content.decode()
    answer = Completion.objects.last()
    assert (
        f'<a href="/admin/conversations/completion/{answer.pk}/change/">demo, Garden, Support · v1</a>'
        in page
    )
    assert "thyme" not in page.lower()
