"""The elements of messages and of conversations on pages, which are kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from chatsite.conversations.elements import element, kept_element, kept_row, rendered
from chatsite.conversations.listing import as_listed
from chatsite.conversations.models import Completion, Conversation, Feedback, Message, Siblings, Status
from chatsite.conversations.plain_elements import plain_element
from chatsite.prompts.models import SystemPrompt, SystemPromptVersion
from chatsite.providers.models import Provider


@pytest.fixture
def answered(conversation) -> Conversation:
    """A conversation whose answer names a provider and a prompt."""
    prompt = SystemPrompt.objects.create(name="Careful")
    version = prompt.publish("Be careful.")
    provider = Provider.objects.create(name="Local", base_url="http://localhost/v1")
    Completion.objects.update(provider=provider, prompt_version=version, prompt_tokens=3, cost=Decimal("0.5"))
    return conversation


def shown(conversation: Conversation) -> list[str]:
    """The elements of the branch as a page shows them, which equal those that are rendered again."""
    elements = [kept_element(message) for message in conversation.branch()]
    assert elements == [rendered(message) for message in conversation.branch()]
    return elements


def test_a_kept_element_is_the_same(answered):
    assert shown(answered) == shown(answered)


@pytest.mark.parametrize("text", ["Hello?", "<b>{uuid}</b> & {} %s\n\n“two”"])
@pytest.mark.parametrize("model", ["demo", "<{html}>", ""])
@pytest.mark.parametrize("before", [None, 2])
def test_what_a_turn_adds_is_shown_as_the_template_shows_it(alice, text, model, before):
    conversation = Conversation.objects.create(owner=alice)
    for _ in range(2):
        question = conversation.say(uuid4(), text, conversation.head)
        question.siblings = Siblings()
        completion = conversation.reply_to(question, model=model, prompt_before=before)
        completion.message.completion = completion
        for message in (question, completion.message):
            assert element(message) == rendered(message)


STARTED = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TOKENS = ("prompt_tokens", "completion_tokens", "cached_tokens")
NAME = "<i>{html}</i> & {0} {{ nothing }}"
PLAIN_MESSAGE = {
    "text": "**Yes** {html}",
    "reasoning": "",
    "parent": Message(pk=7),
    "siblings": Siblings(),
    "feedback": None,
}
PLAIN_COMPLETION = {
    "pk": 1_234_567,
    "model": "demo",
    "status": "complete",
    "finish_reason": "stop",
    "started": STARTED,
}
ONE_CHANGE = [
    *(("text", text) for text in ("", " \n")),
    *(("reasoning", reasoning) for reasoning in ("Hm.", "\n")),
    ("parent", None),
    ("siblings", Siblings(1, 2, None, UUID(int=5))),
    *(("feedback", Feedback(value=value)) for value in (1, -1)),
    *(("model", model) for model in (NAME, "")),
    *(("status", status) for status in Status if status != "streaming"),
    *(("finish_reason", reason) for reason in ("", "length", "content_filter", "tool_calls", "<eos>")),
    *((name, count) for name in TOKENS for count in (0, 1, 1_234_567)),
    *(("finished", STARTED + timedelta(seconds=seconds)) for seconds in (0, 0.07, 1234.567)),
    *(("omitted", count) for count in (1, 2)),
    ("error", "It <failed>."),
    ("error_kind", "limit"),
    ("dropped_prompt", "Old"),
    ("prompt_before", 2),
    ("prompt_released", STARTED),
    ("prompt_version", SystemPromptVersion(number=12, prompt=SystemPrompt(pk=31, name=NAME))),
    ("provider", Provider(name=NAME)),
]


@pytest.mark.parametrize("change", ONE_CHANGE, ids=str)
def test_an_answer_is_shown_as_the_template_shows_it(change):
    for another in ONE_CHANGE:
        fields = PLAIN_MESSAGE | PLAIN_COMPLETION | dict([another, change])
        message = Message(role="assistant")
        message.completion = Completion()
        for name, value in fields.items():
            setattr(message if name in PLAIN_MESSAGE else message.completion, name, value)
        assert element(message) == rendered(message), another


def test_what_most_turns_end_with_is_filled_in(answered):
    assert all(plain_element(message) for message in answered.branch())


ANSWER = {
    "model": "another",
    "status": "failed",
    "finish_reason": "length",
    "prompt_tokens": 4,
    "completion_tokens": 5,
    "omitted": 1,
    "dropped_prompt": "Old",
    "provider": None,
    "prompt_version": None,
}


@pytest.mark.parametrize("name", ANSWER)
def test_what_changes_in_an_answer_is_shown(answered, name):
    before = shown(answered)
    Completion.objects.update(**{name: ANSWER[name]})
    assert shown(answered) != before


@pytest.mark.parametrize("changes", [{"text": "Yes."}, {"reasoning": "Hm."}])
def test_a_text_that_changes_is_shown(answered, changes):
    before = shown(answered)
    Message.objects.filter(role="assistant").update(**changes)
    assert shown(answered) != before


@pytest.mark.parametrize("model", [Provider, SystemPrompt])
def test_a_new_name_is_shown(answered, model):
    before = shown(answered)
    model.objects.update(name="Renamed")
    assert shown(answered) != before


def test_another_version_is_shown(answered):
    before = shown(answered)
    question = answered.head.parent
    answered.reply_to(question, model="demo").finish_as_logged("complete")
    answered.show(answered.head.parent.replies.first())
    assert shown(answered) != before


def test_a_running_answer_is_shown_as_far_as_it_is_written(conversation):
    completion = Completion.objects.get()
    Completion.objects.update(status="streaming")
    Message.objects.filter(role="assistant").update(text="")
    completion.log.create(offset=0, text="So")
    assert "So</p>" in shown(conversation)[-1]
    completion.log.create(offset=2, text=" far")
    assert "So far</p>" in shown(conversation)[-1]


def test_a_page_shows_nobody_elses_message_of_the_same_words(client, alice, bob):
    for person in (alice, bob):
        conversation = Conversation.objects.create(owner=person)
        message = conversation.say(uuid4(), "Hello?", None)
        conversation.keep()
        client.force_login(person)
        page = client.get(reverse("conversations:detail", args=[conversation.uuid])).content.decode()
        assert f'data-message="{message.uuid}"' in page


def row(conversation: Conversation, shown="") -> str:
    """The row in a list, as the list reads it."""
    return kept_row(as_listed(conversation.pk), shown)


ROW = {
    "title": "Renamed",
    "pinned": True,
    "archived": True,
    "unread": True,
    "updated": datetime(2020, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("name", ROW)
def test_what_changes_in_a_conversation_is_shown_in_its_row(conversation, name):
    before = row(conversation)
    assert row(conversation) == before
    Conversation.objects.update(**{name: ROW[name]})
    assert row(conversation) != before


def test_a_row_shows_that_an_answer_is_being_written(conversation):
    before = row(conversation)
    Completion.objects.update(status="streaming")
    assert row(conversation) != before


def test_a_row_shows_that_it_is_the_page(conversation):
    assert 'aria-current="page"' in row(conversation, conversation.uuid)
    assert "aria-current" not in row(conversation)
