"""The pages of exports, and the files that they send."""

import io
import json
import zipfile

import pytest
from django.test import AsyncClient
from django.urls import reverse

from chatsite.conversations.models import Conversation, Feedback
from chatsite.history.exchange.export_json import json_export
from chatsite.history.exchange.export_markdown import NOT_IN_YAML, markdown
from chatsite.history.exchange.exports import file_name
from chatsite.history.exchange.identifiers import derived

pytestmark = pytest.mark.django_db(transaction=True)


def made(owner, title: str) -> Conversation:
    conversation = Conversation(owner=owner, title=title)
    conversation.save()
    conversation.say(derived(owner.pk, title), f"About {title}", None)
    conversation.keep()
    return conversation


@pytest.fixture
def two(alice):
    return [made(alice, "Tides"), made(alice, "Bread")]


async def download(user, path: str, **posted) -> tuple[int, bytes, str]:
    """The status, the content and the name of a file."""
    browser = AsyncClient()
    await browser.aforce_login(user)
    answer = await (browser.post(path, posted) if posted else browser.get(path))
    streamed = getattr(answer, "streaming", False)
    content = b"".join([piece async for piece in answer]) if streamed else answer.content
    return answer.status_code, content, answer.get("Content-Disposition", "")


async def test_all_conversations_come_as_json(alice, two):
    status, content, name = await download(alice, reverse("exchange:exports") + "?format=json")
    assert status == 200 and name.endswith(".json")
    assert [each["title"] for each in json.loads(content)["conversations"]] == ["Bread", "Tides"]


@pytest.mark.parametrize(("form", "extension"), [("markdown", "md"), ("html", "html")])
async def test_pages_of_all_come_as_a_zip(alice, two, form, extension):
    _, content, name = await download(alice, reverse("exchange:exports") + f"?format={form}")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert name.endswith(".zip") and len(names) == 2 and names[0].endswith(f".{extension}")


@pytest.mark.parametrize("form", ["json", "markdown", "html"])
async def test_one_conversation_comes_alone_and_its_file_has_its_title(alice, two, form):
    path = reverse("exchange:export-one", args=[two[0].uuid]) + f"?format={form}"
    _, content, name = await download(alice, path)
    assert b"About Tides" in content and b"Bread" not in content and "Tides" in name


async def test_selected_conversations_come(alice, two):
    chosen = {"format": "json", "conversation": [str(two[1].uuid), "no uuid"]}
    _, content, _ = await download(alice, reverse("exchange:exports"), **chosen)
    assert [each["title"] for each in json.loads(content)["conversations"]] == ["Bread"]


@pytest.mark.parametrize(
    "chosen", [{"all": "yes", "q": "bread"}, {"all": "yes", "show": "pinned"}, {"conversations": "{uuid}"}]
)
async def test_a_whole_list_and_all_that_a_search_finds_can_be_selected(alice, two, chosen):
    await Conversation.objects.filter(pk=two[1].pk).aupdate(pinned=True)
    fields = {name: value.format(uuid=two[1].uuid) for name, value in chosen.items()}
    _, content, _ = await download(alice, reverse("exchange:exports"), format="json", **fields)
    assert [each["title"] for each in json.loads(content)["conversations"]] == ["Bread"]


def test_what_a_person_said_of_an_answer_goes_along(alice, conversation):
    answer = conversation.messages.get(role="assistant")
    Feedback.objects.create(message=answer, person=alice, value=-1, words="Too long")
    question, answer = json.loads("".join(json_export([conversation])))["conversations"][0]["messages"]
    assert "feedback" not in question
    assert answer["feedback"] == {"value": -1, "words": "Too long", "shared": False}


async def test_what_is_not_ones_own_is_in_no_export(alice, mallory, two):
    path = reverse("exchange:export-one", args=[two[0].uuid])
    assert (await download(mallory, path))[0] == 404
    assert (await download(mallory, f"{path}?format=json"))[0] == 404
    chosen = {"format": "json", "conversation": [str(two[0].uuid)]}
    assert (await download(mallory, reverse("exchange:exports"), **chosen))[0] == 404
    _, content, _ = await download(mallory, reverse("exchange:exports") + "?format=json")
    assert json.loads(content)["conversations"] == []


@pytest.mark.parametrize(
    "title", ["😀" * 200, "bill\u202efdp.exe", "../../etc/passwd", "a\x9bb\u200bc", ". "]
)
def test_a_file_name_suits_every_system(alice, title):
    name = file_name(made(alice, title))
    assert len(f"{name}.html".encode()) <= 255
    assert name.isprintable() and not set(name) & set('<>:"/\\|?*')


@pytest.mark.parametrize("title", ['a: "b"\n---\nadmin: true', "a\x7f\x85\x9b\u2028b", "😀\ufeff\ufffe"])
def test_a_title_stays_one_string_in_front_matter(alice, title):
    head = "".join(markdown(made(alice, title))).split("## You")[0]
    (line,) = [line for line in head.splitlines() if line.startswith("title: ")]
    assert json.loads(line.removeprefix("title: ")) == title
    assert not NOT_IN_YAML.search(head) and head.count("---") == 2 + title.count("---")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Look:\n```python\nprint(1)", "\n```"),
        ("````\n```\ncode", "\n````"),
        ("~~~\na\n```", "\n~~~"),
        ("```\na\n```", ""),
        ("```not a block``` but code", ""),
        ("```\na\n``` not its end", "\n```"),
    ],
)
def test_an_open_code_block_ends_with_its_message(alice, text, end):
    conversation = made(alice, "Cut")
    conversation.say(derived(alice.pk, text), text, conversation.head)
    conversation.keep()
    assert "".join(markdown(conversation)).endswith(f"## You\n\n{text}{end}\n")


async def test_a_form_that_is_not_known_is_named(alice):
    status, content, _ = await download(alice, reverse("exchange:exports") + "?format=pdf")
    assert status == 400 and b"json, markdown, html" in content


def test_the_page_offers_all_forms(client, alice, two):
    client.force_login(alice)
    for path in (reverse("exchange:exports"), reverse("exchange:export-one", args=[two[0].uuid])):
        text = client.get(path).content.decode()
        assert all(f'value="{form}"' in text for form in ("json", "markdown", "html"))


def test_nobody_exports(client, db):
    assert client.get(reverse("exchange:exports") + "?format=json").status_code == 302
