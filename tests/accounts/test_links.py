"""One-time sign-in links and passwords."""

import pytest
from django.contrib.auth.models import User

from chatsite.accounts.links import sign_in_path
from chatsite.accounts.owner import ensure_owner


def test_the_first_start_makes_an_owner_who_can_do_everything(db):
    owner = ensure_owner()
    assert owner.is_superuser and owner.is_staff and not owner.has_usable_password()
    assert ensure_owner() == owner


def test_a_site_with_a_superuser_who_has_a_password_needs_no_link(db):
    User.objects.create_superuser("root", password="a long password")
    assert ensure_owner() is None
    assert User.objects.count() == 1


def test_an_ordinary_person_called_owner_is_not_made_one(db):
    User.objects.create_user("owner")
    assert ensure_owner().username == "owner2"


def test_a_link_signs_in_once(client, db):
    path = sign_in_path(ensure_owner())
    assert client.get(path).url == "/"
    assert client.get("/").status_code == 200
    client.logout()
    used = client.get(path)
    assert used.status_code == 410
    assert client.get("/").status_code == 302


def test_a_preview_of_a_link_does_not_use_it_up(client, db):
    path = sign_in_path(ensure_owner())
    assert client.head(path).status_code == 405
    assert client.get(path).url == "/"


@pytest.fixture
def served_by_tls(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://chat.example"]
    settings.SESSION_COOKIE_SECURE = True


def test_a_link_is_not_used_up_by_a_browser_that_keeps_no_cookies_here(client, db, served_by_tls):
    path = sign_in_path(ensure_owner())
    again = client.get(path).url
    client.cookies.clear()
    refused = client.get(again)
    assert f"https://chat.example{path}" in refused.content.decode()
    assert client.get(client.get(path).url).url == "/"


def test_a_used_link_does_no_harm_to_who_is_signed_in(client, db):
    path = sign_in_path(ensure_owner())
    client.get(path)
    assert client.get(path).url == "/"


@pytest.mark.parametrize(
    "path", ["/accounts/link/MQ/nonsense/", "/accounts/link/!!/x-y/", "/accounts/link/YQ/a-b/"]
)
def test_a_made_up_link_signs_nobody_in(client, db, path):
    ensure_owner()
    assert client.get(path).status_code == 410


def test_the_owner_sets_a_first_password_and_stays_signed_in(client, db):
    client.get(sign_in_path(ensure_owner()))
    passwords = {"new_password1": "correct horse", "new_password2": "correct horse"}
    assert client.post("/accounts/password/", passwords).url == "/"
    assert client.get("/").status_code == 200
    assert ensure_owner() is None


def test_changing_a_password_asks_for_the_old_one(client, alice):
    client.force_login(alice)
    passwords = {"old_password": "wrong", "new_password1": "correct horse", "new_password2": "correct horse"}
    response = client.post("/accounts/password/", passwords)
    assert "old_password" in response.context["form"].errors


def test_signing_in_and_out(client, alice):
    response = client.post("/accounts/login/", {"username": "alice", "password": "alice's password"})
    assert response.url == "/"
    assert client.post("/accounts/logout/").url == "/accounts/login/"
    assert client.get("/").status_code == 302


def test_signing_out_clears_what_the_browser_keeps(client, alice):
    client.force_login(alice)
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'


def test_a_person_is_told_who_can_read_their_conversations(client, alice):
    client.force_login(alice)
    assert (
        "who have the permission can read conversations" in client.get("/accounts/password/").content.decode()
    )


def test_a_wrong_password_is_said_on_the_page(client, alice):
    response = client.post("/accounts/login/", {"username": "alice", "password": "wrong"})
    assert response.context["form"].non_field_errors()
