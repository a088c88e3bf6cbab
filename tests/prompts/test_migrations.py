"""A database of the release before: what is live stays live."""

from functools import partial
from hashlib import sha256
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Conversation
from chatsite.conversations.options import Options
from chatsite.conversations.turns import NewMessage, create_message
from chatsite.prompts.in_force import number_for
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model, Provider
from tests.harness.migrations import migrated_to


@pytest.fixture
def before(database):
    """The models of the release before."""
    with migrated_to(("prompts", "0002_live_goes_with_its_prompt")) as apps:
        yield apps


@pytest.fixture
def stored(before):
    """A prompt with two versions, the second live, and a conversation from before that one was made."""
    anna = User.objects.create_user("anna")
    conversation = uuid4()
    prompt = before.get_model("prompts", "SystemPrompt").objects.create(name="Support", is_default=True)
    versions = before.get_model("prompts", "SystemPromptVersion").objects
    old = versions.create(prompt=prompt, number=1, text="Help {{ everybody }}.", author_id=anna.pk)
    before.get_model("conversations", "Conversation").objects.create(
        uuid=conversation, owner_id=anna.pk, system_prompt_id=prompt.pk
    )
    prompt.live = versions.create(
        prompt=prompt, number=2, text="Hilf allen, früh.", author_id=anna.pk, note="in German"
    )
    prompt.save()
    draft = before.get_model("prompts", "SystemPrompt").objects.create(name="Never saved")
    assert old.pk and draft.live is None
    call_command("migrate", verbosity=0)
    return conversation


def test_what_was_live_is_a_release_from_the_time_of_its_version(stored):
    prompt = SystemPrompt.objects.get(name="Support")
    release = prompt.releases.get()
    assert (release.version, release.version.number, release.at) == (prompt.live, 2, release.version.made)
    assert (release.share, release.kind, release.by_name, release.note) == (
        100,
        "publish",
        "anna",
        "in German",
    )
    assert SystemPrompt.objects.get(name="Never saved").live is None


def test_a_running_conversation_goes_on_with_what_was_live(stored):
    conversation = Conversation.objects.get(uuid=stored)
    prompt = SystemPrompt.objects.usable_by(conversation.owner).get()
    assert number_for(prompt, conversation.uses_prompt_since, conversation.uuid) == 2
    assert number_for(prompt, timezone.now(), uuid4()) == 2


def test_old_texts_have_digests_and_their_braces_mean_nothing(stored):
    old, live = SystemPrompt.objects.get(name="Support").versions.order_by("number")
    assert (old.has_variables, old.author_name) == (False, "anna")
    assert live.sha256 == sha256(live.text.encode()).hexdigest()
    assert live.tokens == 5


def test_there_are_groups_for_those_who_edit_and_publish(stored):
    rights = {
        group.name: sorted(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.filter(name__startswith="Prompt ")
    }
    edit = ["add_systemprompt", "change_systemprompt", "view_systemprompt"]
    assert rights == {
        "Prompt editors": edit,
        "Prompt publishers": sorted([*edit, "publish_systemprompt"]),
    }


def test_going_back_keeps_what_is_live(stored):
    SystemPrompt.objects.get(name="Support").publish("Newer.")
    call_command("migrate", "prompts", "0002", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version.number FROM prompts_systemprompt prompt"
            " JOIN prompts_systempromptversion version ON version.id = prompt.live_id"
        )
        assert cursor.fetchall() == [(3,)]


def test_prompts_from_before_have_no_cases_and_take_them(stored):
    prompt = SystemPrompt.objects.get(name="Support")
    assert not prompt.cases.exists()
    prompt.cases.create(name="Früh", messages=[{"role": "user", "text": "Wann?"}], check_kind="ends")
    call_command("migrate", "prompts", "0005", verbosity=0)
    call_command("migrate", "prompts", verbosity=0)
    assert SystemPrompt.objects.get(name="Support").live.number == 2


def test_prompts_from_before_are_for_all_models(stored):
    call_command("migrate", "prompts", "0006", verbosity=0)
    call_command("migrate", "prompts", verbosity=0)
    prompt = SystemPrompt.objects.get(name="Support")
    assert prompt.fits("any") and prompt.for_models == []
    provider = Provider.objects.create(name="Mine", base_url="http://127.0.0.1:9/v1")
    Model.objects.create(provider=provider, name="large")
    owner = Conversation.objects.get(uuid=stored).owner
    send = partial(
        create_message, owner, stored, NewMessage(uuid4(), "Wann?", options=Options(model="large"))
    )
    SystemPrompt.objects.update(for_models=["small"])
    with pytest.raises(Refusal, match="only for “small”"):
        send()
    SystemPrompt.objects.update(for_models=["small", "large"])
    assert send().request[0]["content"] == "Hilf allen, früh."
