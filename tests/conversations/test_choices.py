"""Which model and prompt a page offers, and what it says of those that are not offered any more."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group

from chatsite.conversations.continuation import continue_reply
from chatsite.conversations.errors import Refusal
from chatsite.conversations.models import Completion, Conversation, Status
from chatsite.conversations.options import Options
from chatsite.conversations.turns import create_reply
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.discovery import connect
from chatsite.providers.kinds import Kind
from chatsite.providers.models import Model, Provider
from chatsite.providers.serving import choices_for
from tests.conversations.turns import send

NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture
def providers(db):
    """Local serves `local`, which is the default, and Cloud `cloud`."""
    for name in ("Local", "Cloud"):
        provider = Provider.objects.create(name=name, base_url=NOWHERE)
        Model.objects.create(provider=provider, name=name.lower(), default=name == "Local")


@pytest.fixture
def conversation(alice, providers) -> Conversation:
    """A question that Local's model has answered."""
    uuid = uuid4()
    turn = send(alice, "Private?", uuid)
    turn.completion.status = Status.STOPPED
    turn.completion.save()
    turn.completion.message.text = "So far"
    turn.completion.message.save()
    return Conversation.objects.get(uuid=uuid)


@pytest.fixture
def page(client, alice):
    client.force_login(alice)
    return lambda conversation=None: client.get(conversation.get_absolute_url() if conversation else "/")


GONE = {
    "the list does not name it any more": lambda: Model.objects.filter(name="local").update(available=False),
    "it is not offered any more": lambda: Model.objects.filter(name="local").update(offered=False),
    "it was deleted": lambda: Model.objects.filter(name="local").delete(),
    "its provider is off": lambda: Provider.objects.filter(name="Local").update(enabled=False),
    "its provider was deleted": lambda: Provider.objects.filter(name="Local").delete(),
}


@pytest.fixture(params=GONE.values(), ids=GONE.keys())
def gone(request, conversation) -> Conversation:
    """The same conversation, whose model is not offered any more."""
    request.param()
    return conversation


def test_a_conversation_whose_model_is_gone_asks_for_another_when_it_is_loaded(page, gone):
    response = page(gone)
    html = response.content.decode()
    assert response.context["model"] == ""
    assert "The model “local” is not offered any more. Choose another one." in html
    assert '<option value="" selected>Choose a model</option>' in html
    assert '<option value="cloud">' in html


def test_a_conversation_whose_model_is_gone_goes_to_no_other_unasked(alice, gone):
    question, answer = gone.branch()
    for begin in (
        lambda: send(alice, "And?", gone.uuid),
        lambda: send(alice, "And?", gone.uuid, model=""),
        lambda: create_reply(alice, gone.uuid, question.uuid, Options()),
        lambda: continue_reply(alice, gone.uuid, answer.uuid),
    ):
        with pytest.raises(Refusal, match="“local” is not offered any more"):
            begin()


def test_a_conversation_whose_model_is_gone_goes_to_the_one_that_is_chosen(alice, gone):
    turn = send(alice, "And?", gone.uuid, model="cloud")
    assert [model.provider.name for model in turn.models] == ["Cloud"]


def test_a_conversation_of_a_real_model_never_goes_to_the_demo_unasked(alice, page, conversation):
    Provider.objects.all().delete()
    connect()
    assert "demo" in [model.name for model in choices_for(None)]
    assert page(conversation).context["model"] == ""
    with pytest.raises(Refusal, match="“local” is not offered"):
        send(alice, "And?", conversation.uuid)


def test_a_model_that_another_provider_serves_too_is_asked_for_there(alice, conversation):
    Model.objects.create(provider=Provider.objects.get(name="Cloud"), name="local")
    turn = send(alice, "And?", conversation.uuid)
    assert {model.provider.name for model in turn.models} == {"Local", "Cloud"}


def test_a_new_conversation_begins_with_the_default(page, providers):
    assert page().context["model"] == "local"


def test_where_only_models_for_something_else_are_offered_a_person_chooses(alice, page, providers):
    Model.objects.update(kind=Kind.EMBEDDING, default=False)
    assert "Choose a model" in page().content.decode()
    with pytest.raises(Refusal, match="Choose a model first"):
        send(alice, "Hello?")


UNREACHABLE = {"error": "The model server cannot be reached.", "is_unreachable": True}


def test_a_server_that_cannot_be_reached_is_told_on_a_new_page(page, db):
    Provider.objects.create(name="Local", base_url=NOWHERE, **UNREACHABLE)
    assert "The model server cannot be reached. It is tried again every minute." in page().content.decode()


def test_a_server_that_cannot_be_reached_is_told_in_its_conversations(page, conversation):
    Provider.objects.filter(name="Local").update(**UNREACHABLE)
    assert page(conversation).context["notice"].startswith("The model server cannot be reached.")
    assert page(conversation).context["model"] == "local"


def test_a_server_that_refuses_the_key_is_not_called_unreachable(page, db):
    Provider.objects.create(name="Local", base_url=NOWHERE, error="The model server refused the key.")
    assert page().context["connection"] == "The model server refused the key."


def test_a_server_that_lists_no_models_is_no_news_where_one_was_added_by_hand(page, providers):
    Provider.objects.update(error="The model server sent no list of models; check the base URL.")
    assert page().context["connection"] == ""


def test_a_site_whose_server_offers_nothing_says_so(page, db):
    Provider.objects.create(name="Local", base_url=NOWHERE)
    assert "An admin can offer one." in page().context["connection"]


def test_the_demo_says_what_it_is(page, settings, db):
    settings.OLLAMA_BASE_URL = NOWHERE
    connect()
    assert "Demo model: answers are canned" in page().context["connection"]


TAKEN_AWAY = {
    "it was switched off": lambda prompt: SystemPrompt.objects.update(enabled=False),
    "it is for others now": lambda prompt: prompt.groups.add(Group.objects.create(name="others")),
}


@pytest.mark.parametrize("others", [True, False], ids=["others are there", "it was the only one"])
@pytest.mark.parametrize("take_away", TAKEN_AWAY.values(), ids=TAKEN_AWAY.keys())
def test_a_prompt_that_was_taken_away_is_told_when_a_conversation_is_loaded(
    page, conversation, take_away, others
):
    prompt = SystemPrompt.objects.create(name="Careful")
    prompt.publish("Be careful.")
    conversation.system_prompt = prompt
    conversation.save()
    assert page(conversation).context["notice"] == ""
    take_away(prompt)
    if others:
        SystemPrompt.objects.create(name="Brief").publish("Be brief.")
    response = page(conversation)
    assert response.context["notice"].startswith("The system prompt “Careful” is not offered any more.")
    assert response.context["prompt"] is None


@pytest.fixture
def careful(providers) -> SystemPrompt:
    """A prompt for `cloud` only."""
    prompt = SystemPrompt.objects.create(name="Careful", for_models=["cloud"])
    prompt.publish("Be careful.")
    return prompt


def test_a_prompt_that_is_not_for_the_model_is_not_sent_and_the_sentence_says_which_are(alice, careful):
    SystemPrompt.objects.create(name="Brief").publish("Be brief.")
    with pytest.raises(Refusal) as refusal:
        send(alice, "Hi", model="local", prompt="Careful")
    assert str(refusal.value) == (
        "The system prompt “Careful” is only for “cloud”. For “local” choose “Brief”, or no prompt."
    )
    turn = send(alice, "Hi", model="cloud", prompt="Careful")
    assert turn.request[0]["content"] == "Be careful."


def test_a_conversation_that_moves_to_another_model_is_told_that_no_prompt_fits(page, alice, careful):
    uuid = uuid4()
    send(alice, "Hi", uuid, model="cloud", prompt="Careful")
    Completion.objects.update(status=Status.COMPLETE)
    with pytest.raises(
        Refusal, match="“Careful” is only for “cloud”. None is for “local”: choose no prompt, or another"
    ):
        send(alice, "More?", uuid, model="local")
    careful.for_models = ["local"]
    careful.save()
    response = page(Conversation.objects.get(uuid=uuid))
    assert response.context["notice"].startswith("The system prompt “Careful” is only for “local”.")
    assert response.context["prompt"] == careful


def test_a_new_conversation_goes_without_a_default_prompt_that_is_not_for_its_model(page, alice, careful):
    careful.make_default()
    response = page()
    assert (response.context["model"], response.context["prompt"]) == ("local", None)
    assert response.context["notice"] == ""
    assert "Careful (for cloud)" in response.content.decode()
    assert send(alice, "Hi").request[0]["content"] == "Hi"
    with_it = send(alice, "Hi", model="cloud")
    assert with_it.request[0]["content"] == "Be careful."


def test_an_answer_is_continued_with_the_prompt_that_it_began_with(alice, careful):
    uuid = uuid4()
    answer = send(alice, "Hi", uuid, model="cloud", prompt="Careful").completion.message
    Completion.objects.update(status=Status.INTERRUPTED)
    careful.for_models = ["local"]
    careful.save()
    assert continue_reply(alice, uuid, answer.uuid).request[0]["content"] == "Be careful."


@pytest.fixture
def others_only(providers) -> Model:
    """`cloud` is for a group that alice is not in."""
    cloud = Model.objects.get(name="cloud")
    cloud.groups.add(Group.objects.create(name="others"))
    return cloud


def test_a_model_for_others_is_not_among_the_choices(page, alice, others_only):
    assert [model.name for model in page().context["models"]] == ["local"]
    alice.groups.add(Group.objects.get(name="others"))
    assert [model.name for model in page().context["models"]] == ["cloud", "local"]


def test_a_conversation_whose_model_is_for_others_now_says_so(page, conversation, others_only):
    Model.objects.get(name="local").groups.add(Group.objects.get(name="others"))
    response = page(conversation)
    assert (response.context["model"], response.context["models"]) == ("", [])
    assert response.context["notice"].startswith("No model is offered to you")
    Model.objects.get(name="cloud").groups.clear()
    assert "The model “local” is for groups that you are not in." in page(conversation).context["notice"]
