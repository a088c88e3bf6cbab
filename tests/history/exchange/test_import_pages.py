"""The pages of imports: upload, progress, report."""

import json
import os
import time

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chatsite.conversations.models import Conversation
from chatsite.history.exchange import upload_paths, uploads
from chatsite.history.exchange.models import Import, remove_orphans
from chatsite.history.exchange.worker import Worker
from tests.history.exchange.test_samples import SAMPLES
from tests.history.exchange.test_writer import chat

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, alice):
    """Alice's browser."""
    client.force_login(alice)
    return client


@pytest.fixture(autouse=True)
def no_file_left():
    """No test leaves an uploaded file behind."""
    yield
    for path in uploads.upload_folder().iterdir():
        path.unlink()


def send(page, user, content: bytes = b"[]", name: str = "all.json"):
    path = reverse("exchange:upload", args=[upload_paths.token(user.pk)])
    return page.post(path, {"file": SimpleUploadedFile(name, content)})


def finished(page, user, content: bytes) -> Import:
    """An import of this file that has ended."""
    send(page, user, content)
    work = Import.objects.claim_next()
    Worker(work).run()
    work.refresh_from_db()
    return work


def shown(page, work: Import, query: str = "") -> str:
    return page.get(reverse("exchange:report", args=[work.uuid]) + query).content.decode()


def test_an_uploaded_file_waits_for_its_import(page, alice):
    answer = send(page, alice)
    work = Import.objects.get()
    assert answer.url == reverse("exchange:report", args=[work.uuid])
    assert work.path.read_bytes() == b"[]" and work.path.stat().st_mode & 0o077 == 0
    assert "waits for its turn" in shown(page, work)


def test_the_report_says_what_came(page, alice):
    work = finished(page, alice, (SAMPLES / "chatgpt_nasty.json").read_bytes())
    text = shown(page, work)
    assert work.state == "done" and not work.path.exists()
    assert "Steps per week" in text and "ChatGPT" in text and "a newer version of it is in the file" in text
    link = reverse("conversations:detail", args=[Conversation.objects.get(title="Voice").uuid])
    assert link in text


def test_the_report_downloads_as_json(page, alice):
    work = finished(page, alice, (SAMPLES / "chatgpt_nasty.json").read_bytes())
    report = page.get(reverse("exchange:report-json", args=[work.uuid])).json()
    expected = json.loads((SAMPLES / "expected.json").read_text())["files"]["chatgpt_nasty.json"]
    assert report["conversations"] == 5 and len(report["items"]) == 11
    assert (report["skipped"], report["notes"]) == (expected["skipped"], expected["notes"])


def test_the_report_shows_only_what_was_skipped_where_that_is_asked(page, alice):
    work = finished(page, alice, (SAMPLES / "chatgpt_nasty.json").read_bytes())
    text = shown(page, work, "?outcome=skipped")
    assert "Only a system message" in text and "Steps per week" not in text.split("Each conversation")[1]


@pytest.mark.parametrize(
    "query", ["?outcome=%00", "?outcome=nothing", "?after=%00", "?after=-1", "?after=%C2%B2"]
)
def test_a_report_shows_all_where_the_address_makes_no_sense(page, alice, query):
    work = finished(page, alice, (SAMPLES / "chatgpt_nasty.json").read_bytes())
    assert "Steps per week" in shown(page, work, query).split("Each conversation")[1]


def test_nothing_imported_is_called_nothing(page, alice):
    text = shown(page, finished(page, alice, b"Dear diary"))
    assert "Nothing was imported" in text and "The file is not JSON" in text
    assert "nothing imported" in page.get(reverse("exchange:imports")).content.decode()


def test_an_interrupted_import_is_continued_where_it_was(page, alice):
    send(page, alice, json.dumps([chat(f"c{number}", "One", "Two") for number in range(250)]).encode())
    work = Import.objects.claim_next()
    worker = Worker(work)
    record = worker._record
    worker._record = lambda written, file: (record(written, file), worker.end_soon())
    worker.run()
    work.refresh_from_db()
    kept = work.items.count()
    assert work.state == "interrupted" and 0 < kept < 250 and "Continue" in shown(page, work)
    page.post(reverse("exchange:resume", args=[work.uuid]))
    Worker(Import.objects.claim_next()).run()
    work.refresh_from_db()
    assert work.state == "done" and work.items.filter(outcome="new").count() == 250
    assert Conversation.objects.of(alice).count() == 250


def test_a_batch_that_is_interrupted_leaves_nothing(page, alice):
    send(page, alice, json.dumps([chat("a", "One", "Two")]).encode())
    worker = Worker(Import.objects.claim_next())
    worker.end_soon()
    worker.run()
    assert not Conversation.objects.exists() and not Import.objects.get().items.exists()


def test_an_import_ends_quietly_when_its_person_is_deleted(page, alice):
    send(page, alice, json.dumps([chat(f"c{number}", "One", "Two") for number in range(250)]).encode())
    worker = Worker(Import.objects.claim_next())
    record = worker._record
    worker._record = lambda written, file: (record(written, file), alice.pk and alice.delete())
    worker.run()
    assert not Conversation.objects.exists() and not Import.objects.exists()
    assert list(uploads.upload_folder().iterdir()) == []


def test_nothing_more_is_imported_for_a_person_who_was_deactivated(page, alice):
    send(page, alice, json.dumps([chat(f"c{number}", "One", "Two") for number in range(250)]).encode())
    worker = Worker(Import.objects.claim_next())
    record = worker._record
    worker._record = lambda written, file: (
        record(written, file),
        User.objects.filter(pk=alice.pk).update(is_active=False),
    )
    worker.run()
    work = Import.objects.get()
    assert work.state == "interrupted" and 0 < Conversation.objects.count() == work.items.count() < 250
    User.objects.filter(pk=alice.pk).update(is_active=True)
    work.resume()
    Worker(Import.objects.claim_next()).run()
    assert Conversation.objects.count() == 250


def test_a_file_that_no_import_waits_for_is_deleted(page, alice):
    send(page, alice)
    (path,) = uploads.upload_folder().iterdir()
    two_hours_ago = time.time() - 7200
    os.utime(path, (two_hours_ago, two_hours_ago))
    remove_orphans()
    assert path.exists()
    Import.objects.all().delete()
    remove_orphans()
    assert not path.exists()


def test_what_waits_can_be_given_up(page, alice):
    send(page, alice)
    work = Import.objects.get()
    page.post(reverse("exchange:discard", args=[work.uuid]))
    assert Import.objects.claim_next() is None and not work.path.exists()
    assert "discarded" in shown(page, work)


def test_an_empty_file_is_refused_in_words(page, alice):
    answer = send(page, alice, b"")
    assert answer.status_code == 422 and uploads.EMPTY in answer.content.decode()


def test_too_many_waiting_files_are_refused(page, alice):
    for _ in range(uploads.MAX_WAITING_PER_USER):
        send(page, alice)
    assert uploads.TOO_MANY in send(page, alice).content.decode()
    assert uploads.TOO_MANY in page.get(reverse("exchange:imports")).content.decode()


def test_an_upload_path_is_of_one_person_alone(page, alice, mallory):
    assert send(page, mallory).status_code == 403
    assert not Import.objects.exists()


def test_only_signed_paths_take_large_bodies(alice):
    path = reverse("exchange:upload", args=[upload_paths.token(alice.pk)])
    assert upload_paths.is_upload(path.encode())
    assert not upload_paths.is_upload(path.replace(str(alice.pk), "9", 1).encode())
    assert not upload_paths.is_upload(b"/conversations/import/upload/1:x:y/")
    assert not upload_paths.is_upload(b"/conversations/import/upload/\xff/")


@pytest.mark.parametrize("name", ["report", "report-json"])
def test_a_stranger_sees_no_report(client, page, alice, mallory, name):
    send(page, alice)
    path = reverse(f"exchange:{name}", args=[Import.objects.get().uuid])
    client.force_login(mallory)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["resume", "discard"])
def test_a_stranger_changes_no_import(client, page, alice, mallory, name):
    send(page, alice)
    client.force_login(mallory)
    assert client.post(reverse(f"exchange:{name}", args=[Import.objects.get().uuid])).status_code == 404
    assert Import.objects.get().state == "waiting"


def test_nobody_uploads(client, alice):
    answer = send(client, alice)
    assert answer.status_code == 302
    client.force_login(alice)
    path = reverse("exchange:upload", args=[upload_paths.token(alice.pk)])
    assert client.get(path).url == reverse("exchange:imports")
    assert not Import.objects.exists()


def test_an_import_whose_process_is_lost_is_interrupted(page, alice):
    send(page, alice)
    work = Import.objects.claim_next()
    Import.objects.update(heartbeat="2026-01-01T00:00:00Z")
    Import.objects.interrupt_stale()
    work.refresh_from_db()
    assert work.state == "interrupted"


def test_imports_are_linked_from_the_history(page):
    text = page.get(reverse("conversations:history")).content.decode()
    assert reverse("exchange:imports") in text and reverse("exchange:exports") in text
