"""The doctor's page in the admin."""

import pytest
from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_the_page_begins_with_the_verdict_and_says_what_to_do(root):
    page = root.get("/admin/doctor/").content.decode()
    verdict = page.split('class="verdict">')[1].split("</p>")[0]
    assert "must be put right" in verdict
    assert "No model is offered to anybody." in page and "Add a provider in the admin" in page
    headings = [each.split("</h2>")[0].split(">")[1] for each in page.split("<h2 id=")[1:]]
    assert headings[:4] == ["This machine", "Providers", "People and safety", "Upkeep"]


def test_the_first_page_of_the_admin_leads_there(root):
    assert 'href="/admin/doctor/"' in root.get("/admin/").content.decode()
