"""What the doctor's page is sent of the connection between an admin's browser and the site."""

import json
import time
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.operations.test_doctor_connection import LUMPED, WELL


@pytest.fixture
def root(client, db):
    client.force_login(User.objects.create_superuser("root-canary"))
    return client


def ask(client, measured: dict[str, Any], **query: Any):
    fields = {"origin": "http://testserver", "now": time.time() * 1000} | measured
    return client.get("/admin/doctor/way/", {"measured": json.dumps(fields), **query})


def test_the_verdict_counts_what_the_page_has_found_elsewhere(root, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    answer = ask(root, WELL | {"events-answer": LUMPED}, problems=1, notes=2).json()
    assert answer["verdict"] == "2 things must be put right. 2 more things to look at."
    assert (
        answer["html"].count('class="problem"') == 1 and "<code>proxy_buffering off;</code>" in answer["html"]
    )
    assert answer["html"].index('class="problem"') < answer["html"].index('class="ok"')
    assert "problem: events-answer: 20 parts of an answer" in answer["bug_report"]


def test_a_bug_report_names_nobody(root, settings):
    settings.ALLOWED_HOSTS = ["testserver", "canary.example"]
    User.objects.create_superuser("another-canary")
    page = root.get("/admin/doctor/").content.decode()
    report = page.split("data-report>")[1].split("</code>")[0]
    assert "note: superusers\n" in report and "ok: debug: Django’s debug mode is off." in report
    more = ask(root, WELL | {"socket": {"opened": None}}).json()["bug_report"]
    assert "\nok: address\n" in more and "socket: No WebSocket opens." in more
    for name in ("canary", "testserver", "127.0.0.1", str(settings.HOME)):
        assert name not in report + more


NONSENSE = [
    "", "[]", "{", "[" * 100_000, '{"now": 1}', '{"origin": "http://testserver"}',
    '{"origin": "javascript:1", "now": 1}',
]  # fmt: skip


@pytest.mark.parametrize("measured", NONSENSE, ids=range(len(NONSENSE)))
def test_what_is_not_measured_by_the_page_is_refused(root, measured):
    assert root.get("/admin/doctor/way/", {"measured": measured}).status_code == 400
