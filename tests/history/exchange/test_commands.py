"""`manage.py import` and `manage.py export`."""

import json
import re
import zipfile
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from chatsite.conversations.models import Conversation, Outcome, Status
from chatsite.history.exchange.identifiers import derived
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Provider
from tests.history.exchange.test_samples import SAMPLES

pytestmark = pytest.mark.django_db


def run(*args, **options) -> str:
    out = StringIO()
    call_command(*args, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def written(alice) -> Conversation:
    """A conversation with two branches, reasoning, a prompt's version and usage."""
    prompt = SystemPrompt.objects.create(name="Terse")
    version = prompt.publish("Be brief.")
    made = Conversation(
        owner=alice, system_prompt=prompt, model="m", params={"temperature": 0.5}, pinned=True
    )
    made.save()
    question = made.say(derived(0, "question"), "How deep?", None)
    for text in ("Very.", "Three **metres**."):
        run = made.reply_to(question, model="m", prompt_version=version, params={"temperature": 0.5})
        provider = Provider.objects.first()
        run.finish(Outcome(Status.COMPLETE, text, "Hm.", "stop", prompt_tokens=7, provider=provider))
    made.keep()
    return made


def document(name: str) -> dict:
    return json.loads(run("export", user=name))


def without_ids(value):
    """The document without what is each account's own."""
    if isinstance(value, dict):
        return {key: without_ids(each) for key, each in value.items() if key not in ("id", "parent", "head")}
    return [without_ids(each) for each in value] if isinstance(value, list) else value


def test_an_import_prints_its_report(alice):
    report = json.loads(run("import", str(SAMPLES / "chatgpt_ordinary.json"), user="alice", json=True))
    assert report["source"] == "chatgpt" and report["conversations"] == 3
    assert set(report) == {"source", "error", "conversations", "messages", "skipped", "notes"}


def test_nothing_imported_is_no_success(alice):
    with pytest.raises(CommandError, match="Nothing was imported"):
        run("import", str(SAMPLES / "empty_list.json"), user="alice")


def test_a_person_who_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="There is nobody named carol"):
        run("export", user="carol")


def test_a_file_that_is_not_there_is_named(alice):
    with pytest.raises(CommandError, match="no.json cannot be read"):
        run("import", "no.json", user="alice")


def test_an_export_imported_again_changes_nothing(alice, written, tmp_path):
    before = document("alice")
    run("export", user="alice", output=str(tmp_path / "all.json"))
    report = json.loads(run("import", str(tmp_path / "all.json"), user="alice", json=True))
    assert (report["conversations"], report["messages"]) == (0, 0)
    assert document("alice")["conversations"] == before["conversations"]


def test_another_account_gets_a_full_copy(alice, bob, written, tmp_path):
    run("export", user="alice", output=str(tmp_path / "all.json"))
    run("import", str(tmp_path / "all.json"), user="bob")
    mine, copy = (without_ids(document(name)["conversations"]) for name in ("alice", "bob"))
    assert copy == mine
    assert Conversation.objects.of(bob).get().head.completion.prompt_version.text == "Be brief."


def test_an_export_is_complete(written):
    (conversation,) = document("alice")["conversations"]
    answers = conversation["messages"][1:]
    assert [answer["text"] for answer in answers] == ["Very.", "Three **metres**."]
    assert {answer["parent"] for answer in answers} == {conversation["messages"][0]["id"]}
    assert conversation["head"] == answers[1]["id"]
    answer_data = answers[0]["completions"][0]
    assert answer_data["prompt_tokens"] == 7 and answer_data["params"] == {"temperature": 0.5}
    assert conversation["prompts"][answer_data["prompt"]]["name"] == "Terse"


def test_an_export_has_no_text_of_a_prompt(written):
    assert "Be brief." not in run("export", user="alice")


PAGES = [("markdown", "Three **metres**."), ("html", "<strong>metres</strong>")]


@pytest.mark.parametrize(("form", "words"), PAGES)
def test_one_conversation_is_one_page(written, form, words):
    page = run("export", user="alice", format=form)
    assert words in page and "Very." not in page


@pytest.mark.parametrize(("form", "words"), PAGES)
def test_many_conversations_are_a_zip_of_pages(written, alice, tmp_path, form, words):
    Conversation.objects.create(owner=alice, title="../../etc/passwd")
    run("export", user="alice", format=form, output=str(tmp_path / "pages.zip"))
    with zipfile.ZipFile(tmp_path / "pages.zip") as archive:
        names = archive.namelist()
        pages = [archive.read(name).decode() for name in names]
    assert len(names) == 2 and not any("/" in name for name in names)
    assert any(words in page for page in pages)


def test_a_page_fetches_nothing(written):
    page = run("export", user="alice", format="html")
    assert "<link" not in page and "<script" not in page and "default-src 'none'" in page


def test_a_page_has_all_styles_that_it_uses(written):
    page = run("export", user="alice", format="html")
    used = set(re.findall(r"var\((--[\w-]+)", page)) - {"--stroke"}
    assert used and all(f"{name}: " in page for name in used)


def test_strangers_conversations_are_in_no_export(written, mallory):
    assert document("mallory")["conversations"] == []
