"""The words of the admin are those of the chat."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_the_admin_says_people_and_answers(admin):
    page = admin.get("/admin/").content.decode()
    assert ">People</a>" in page and ">Answers</a>" in page
    assert ">Users</a>" not in page and ">Completions</a>" not in page
    page = admin.get("/admin/auth/user/").content.decode()
    assert "<h1>People</h1>" in page and "Add person" in page


def test_the_words_ask_for_no_migration():
    call_command("makemigrations", check=True, dry_run=True)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("usage/limit", "There is no limit yet."),
        ("accounts/invitation", "There is no invitation yet."),
        ("banners/banner", "There is no banner yet."),
        ("prompts/systemprompt", "There is no system prompt yet."),
    ],
)
def test_an_empty_list_says_so_and_leads_to_the_form(admin, path, says):
    page = admin.get(f"/admin/{path}/").content.decode()
    assert says in page and '<a href="add/">Add the first one</a>' in page


def test_a_search_without_a_result_says_so(admin):
    assert "Nothing matches." in admin.get("/admin/auth/user/?q=nobody").content.decode()
