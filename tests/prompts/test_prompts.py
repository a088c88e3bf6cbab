"""System prompts: versions that never change, one default, who may use them."""

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import ProtectedError, RestrictedError

from chatsite.conversations.models import Conversation
from chatsite.prompts.models import SystemPrompt

FORM = {
    "name": "Careful",
    "text": "Be careful.",
    "enabled": "on",
    "versions-TOTAL_FORMS": 0,
    "versions-INITIAL_FORMS": 0,
}


@pytest.fixture
def admin(client, db):
    client.force_login(User.objects.create_superuser("root"))
    return lambda url, **fields: client.post(f"/admin/prompts/systemprompt/{url}", FORM | fields)


def test_a_prompt_made_in_the_admin_has_a_first_version(admin):
    admin("add/", note="first try")
    prompt = SystemPrompt.objects.get()
    assert (prompt.live.number, prompt.live.text, prompt.live.note) == (1, "Be careful.", "first try")
    assert prompt.live.author.username == "root"


def test_each_save_of_a_changed_text_is_a_new_version(admin):
    admin("add/")
    prompt = SystemPrompt.objects.get()
    admin(f"{prompt.pk}/change/", text="Be very careful.")
    admin(f"{prompt.pk}/change/", text="Be very careful.", name="Very careful")
    prompt.refresh_from_db()
    assert (prompt.name, prompt.live.number) == ("Very careful", 2)
    assert [version.text for version in prompt.versions.all()] == ["Be very careful.", "Be careful."]


def test_a_version_never_changes(db):
    version = SystemPrompt.objects.create(name="Careful").publish("Be careful.")
    version.text = "Be reckless."
    with pytest.raises(TypeError, match="never changes"):
        version.save()


def test_the_newest_default_is_the_only_one(admin):
    admin("add/", is_default="on")
    admin("add/", name="Brief", text="Be brief.", is_default="on")
    assert SystemPrompt.objects.get(is_default=True).name == "Brief"


def test_a_prompt_for_a_group_is_offered_to_it_alone(alice, bob):
    prompt = SystemPrompt.objects.create(name="For editors")
    prompt.publish("Edit.")
    editors = Group.objects.create(name="editors")
    prompt.groups.add(editors)
    bob.groups.add(editors)
    assert not SystemPrompt.objects.usable_by(alice)
    assert list(SystemPrompt.objects.usable_by(bob)) == [prompt]


def test_a_prompt_that_answers_name_cannot_be_deleted(alice):
    prompt = SystemPrompt.objects.create(name="Careful")
    version = prompt.publish("Be careful.")
    conversation = Conversation.objects.create(owner=alice)
    question = conversation.say("2c1a1c9e-5b0e-4b5e-9f0e-0d8f5a4f4c11", "Hello?", None)
    conversation.reply_to(question, model="demo", prompt_version=version)
    with pytest.raises(ProtectedError):
        prompt.delete()


@pytest.fixture
def used(alice) -> SystemPrompt:
    """A prompt that an answer of alice's names."""
    prompt = SystemPrompt.objects.create(name="Careful")
    version = prompt.publish("Be careful.")
    prompt.publish("Be very careful.")
    conversation = Conversation.objects.create(owner=alice, system_prompt=prompt)
    question = conversation.say("2c1a1c9e-5b0e-4b5e-9f0e-0d8f5a4f4c12", "Hello?", None)
    conversation.reply_to(question, model="demo", prompt_version=version)
    return prompt


def test_a_prompt_that_no_answer_names_is_deleted_with_its_versions(admin, client, alice):
    prompt = SystemPrompt.objects.create(name="Unused")
    prompt.publish("Be careful.")
    prompt.publish("Be very careful.")
    conversation = Conversation.objects.create(owner=alice, system_prompt=prompt)
    assert "Are you sure" in client.get(f"/admin/prompts/systemprompt/{prompt.pk}/delete/").content.decode()
    admin(f"{prompt.pk}/delete/", post="yes")
    assert not SystemPrompt.objects.exists()
    conversation.refresh_from_db()
    assert conversation.system_prompt is None


def test_a_prompt_that_answers_name_stays_and_the_page_says_how_to_switch_it_off(admin, client, used):
    for page in (
        client.get(f"/admin/prompts/systemprompt/{used.pk}/delete/"),
        client.post(
            "/admin/prompts/systemprompt/", {"action": "delete_selected", "_selected_action": [used.pk]}
        ),
    ):
        said = page.content.decode()
        assert "1 answer names it." in said and "Switch it off instead" in said and "“Enabled”" in said
        assert "permission" not in said and "protected" not in said
    admin(f"{used.pk}/delete/", post="yes")
    assert SystemPrompt.objects.filter(pk=used.pk).exists()


def test_a_live_version_cannot_be_deleted_without_its_prompt(db):
    version = SystemPrompt.objects.create(name="Careful").publish("Be careful.")
    with pytest.raises(RestrictedError):
        version.delete()


def test_a_disabled_prompt_is_not_the_default_of_new_conversations(alice):
    prompt = SystemPrompt.objects.create(name="Careful", is_default=True, enabled=False)
    prompt.publish("Be careful.")
    assert SystemPrompt.objects.default_for(alice) is None
