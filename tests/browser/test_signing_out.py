"""Signing out at a computer that others use, too."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import ask, connected, field, until

PASSWORD = {"DJANGO_SUPERUSER_PASSWORD": "carol's password"}


@pytest.fixture(scope="module")
def carol(site) -> str:
    made = site.manage(
        "createsuperuser", "--noinput", "--username=carol", "--email=c@example.org", **PASSWORD
    )
    assert "created" in made.communicate(timeout=60)[0]
    return "carol"


def sign_in(page, name: str, url: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD["DJANGO_SUPERUSER_PASSWORD"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(url)


def test_signing_out_deletes_what_was_typed_and_not_sent_and_signing_in_again_works(chromium, site, carol):
    with chromium.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.goto("/")
        sign_in(page, carol, f"{site.url}/")
        page.get_by_role("textbox", name="Message").fill("A secret that is not sent")
        page.reload()
        expect(page.get_by_role("textbox", name="Message")).to_have_value("A secret that is not sent")
        page.get_by_role("button", name=carol).click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(f"{site.url}/accounts/login/")
        until(page, lambda: page.evaluate("localStorage.length") == 0, "Something is left.")
        sign_in(page, carol, f"{site.url}/")
        expect(page.get_by_role("textbox", name="Message")).to_have_value("")


def test_the_back_button_shows_no_conversation_after_signing_out(chromium, site, carol):
    with chromium.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.goto("/")
        sign_in(page, carol, f"{site.url}/")
        page.get_by_role("button", name=carol).click()
        page.get_by_role("button", name="Sign out").click()
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_message_sent_after_the_sign_in_has_ended_comes_back_and_one_line_says_why(chromium, site, carol):
    with chromium.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.goto("/")
        sign_in(page, carol, f"{site.url}/")
        connected(page)
        session = next(cookie["value"] for cookie in context.cookies() if "session" in cookie["name"])
        site.database.write(f"DELETE FROM django_session WHERE session_key = '{session}'")
        ask(page, "Words that were not sent")
        expect(page.locator("connection-status")).to_contain_text("You are signed out. Sign in again")
        expect(page.get_by_text("You are signed out.")).to_have_count(1)
        expect(field(page)).to_have_value("Words that were not sent")
