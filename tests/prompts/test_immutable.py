"""Versions and releases never change, by no way of writing, on both databases."""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from chatsite.prompts.models import PromptRelease, SystemPrompt, SystemPromptVersion


@pytest.fixture
def stored(database) -> SystemPrompt:
    prompt = SystemPrompt.objects.create(name="Support")
    prompt.publish("You help customers.", User.objects.create_user("anna"), "first")
    return prompt


def test_a_version_cannot_be_saved_again_updated_or_deleted(stored):
    version = stored.live
    version.text = "Be reckless."
    with pytest.raises(TypeError, match="never changes"):
        version.save()
    with pytest.raises(TypeError, match="never changes"):
        SystemPromptVersion.objects.filter(pk=version.pk).update(text="Be reckless.")
    with pytest.raises(TypeError, match="never changes"):
        SystemPromptVersion.objects.bulk_update([version], ["text"])
    for delete in (version.delete, stored.versions.all().delete):
        with pytest.raises(TypeError, match="never deleted"):
            delete()


def test_a_release_cannot_be_saved_again_updated_or_deleted(stored):
    release = stored.releases.get()
    release.share = 5
    with pytest.raises(TypeError, match="never changes"):
        release.save()
    with pytest.raises(TypeError, match="never changes"):
        stored.releases.update(follow=True)
    for delete in (release.delete, stored.releases.all().delete):
        with pytest.raises(TypeError, match="never deleted"):
            delete()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE prompts_systempromptversion SET text = 'Be reckless.'",
        "UPDATE prompts_systempromptversion SET sha256 = ''",
        "UPDATE prompts_systempromptversion SET author_name = 'bob'",
        "UPDATE prompts_promptrelease SET share = 50",
        "UPDATE prompts_promptrelease SET at = '2026-01-01 00:00:00'",
        "UPDATE prompts_promptrelease SET by_name = 'bob'",
    ],
)
def test_the_database_refuses_what_goes_round_the_models(stored, change):
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        connection.cursor().execute(change)
    assert stored.live.text == "You help customers."


def test_a_deleted_author_leaves_the_history_whole(stored):
    User.objects.get(username="anna").delete()
    version, release = stored.versions.get(), stored.releases.get()
    assert (version.author, version.author_name, release.by, release.by_name) == (None, "anna", None, "anna")
    assert stored.live == version


def test_a_prompt_that_no_answer_names_goes_with_all_that_is_its_own(stored):
    stored.delete()
    assert not SystemPromptVersion.objects.exists() and not PromptRelease.objects.exists()
