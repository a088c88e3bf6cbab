"""A form that was open for too long: its person is sent on, or can try again."""

import re

import pytest
from django.test import Client

from chatsite.accounts.csrf import MAX_LOGGED_ORIGINS

PASSWORD = {"username": "alice", "password": "alice's password"}


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def token(response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[1]


def test_who_has_signed_in_in_another_tab_is_sent_on(browser, alice):
    stale = token(browser.get("/accounts/login/"))
    browser.force_login(alice)
    browser.cookies.pop("chatsite-csrf")
    response = browser.post(
        "/accounts/login/?next=/conversations/", PASSWORD | {"csrfmiddlewaretoken": stale}
    )
    assert response.url == "/conversations/"


def test_nobody_is_sent_on_to_another_site(browser, alice):
    browser.force_login(alice)
    assert browser.post("/accounts/login/?next=https://evil.example/", PASSWORD).url == "/"


def test_the_sign_in_form_comes_again_and_then_works(browser, alice):
    again = browser.post("/accounts/login/?next=/conversations/", PASSWORD)
    page = again.content.decode()
    assert again.status_code == 403 and "Please try again" in page and 'value="alice"' in page
    signed_in = browser.post(
        "/accounts/login/", PASSWORD | {"csrfmiddlewaretoken": token(again), "next": "/conversations/"}
    )
    assert signed_in.url == "/conversations/"


def test_who_has_signed_in_to_the_admin_in_another_tab_is_sent_on(browser, admin_user):
    browser.force_login(admin_user)
    assert browser.post("/admin/login/?next=/admin/auth/", PASSWORD).url == "/admin/auth/"


def test_the_admins_form_comes_again_with_a_sentence(browser, alice):
    again = browser.get(browser.post("/admin/login/", PASSWORD).url, follow=True)
    assert "Please try again" in again.content.decode()


def test_a_stale_sign_out_asks_once_more_and_then_works(browser, alice):
    browser.force_login(alice)
    again = browser.post("/accounts/logout/")
    assert again.status_code == 403 and "still signed in" in again.content.decode()
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": token(again)})
    assert browser.get("/").status_code == 302


def test_signing_out_twice_ends_at_the_sign_in_page(browser, db):
    assert browser.post("/accounts/logout/").url == "/accounts/login/"


def test_a_text_that_was_typed_is_shown_and_not_lost(browser, alice):
    browser.force_login(alice)
    path = "/conversations/3e1a8ab4-3c1f-4f0e-9d3f-2f7f0f1c9a11/send/"
    refused = browser.post(path, {"text": "a long </textarea> question"})
    assert refused.status_code == 403
    assert "a long &lt;/textarea&gt; question" in refused.content.decode()


def test_an_origin_that_is_not_known_names_the_setting_on_the_page_and_in_the_log(browser, alice, caplog):
    refused = browser.post("/accounts/login/", PASSWORD, HTTP_ORIGIN="https://chat.example")
    page = refused.content.decode()
    assert refused.status_code == 403 and "https://chat.example" in page and "CHATSITE_ORIGINS" in page
    (line,) = [record.getMessage() for record in caplog.records if "CHATSITE_ORIGINS" in record.getMessage()]
    assert "https://chat.example" in line


def test_a_browser_that_hides_its_origin_gets_the_form_again(browser, alice):
    refused = browser.post("/accounts/login/", PASSWORD, HTTP_ORIGIN="null")
    assert "Please try again" in refused.content.decode()


def test_a_visitor_cannot_fill_the_log_with_origins(browser, db, caplog):
    for number in range(MAX_LOGGED_ORIGINS * 2):
        browser.post("/accounts/login/", PASSWORD, HTTP_ORIGIN=f"https://name{number}.example")
    assert len(caplog.records) <= MAX_LOGGED_ORIGINS
