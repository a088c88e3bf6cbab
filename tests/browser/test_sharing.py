"""Sharing: a link is made, opened by somebody who is not signed in, updated, and revoked."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import ask, finished

TEXT = (
    "Take **flour**.\n\n```python\nknead()\n```\n\n| what | grams |\n|---|---:|\n| flour | 500 |\n\n$$x^2$$"
)


def share(page, audience: str = "Anybody who has the link", passphrase: str = "") -> str:
    """Share the open conversation, and return the address."""
    page.get_by_role("link", name="Share this conversation").click()
    expect(page.get_by_text("2 messages, as they are now")).to_be_visible()
    page.get_by_label(audience).check()
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_role("status").first).to_contain_text("is shared")
    return page.get_by_role("textbox", name="Link").input_value()


@pytest.fixture
def stranger(chromium, site, complaints):
    """A browser of somebody who is not signed in, with what shows any fault of a page."""
    with chromium.new_context(base_url=site.url, **PHONE) as context:
        page = context.new_page()
        complaints.watch(page, site.url)
        yield page


def test_somebody_who_is_not_signed_in_reads_what_was_shared(page, stranger, upstream):
    upstream.reply(TEXT)
    ask(page, "How do I bake?")
    finished(page)
    address = share(page)
    stranger.goto(address)
    expect(stranger.get_by_role("main")).to_contain_text("How do I bake?")
    expect(stranger.locator("strong")).to_have_text("flour")
    assert stranger.get_by_role("link").count() == 0
    assert stranger.evaluate("document.documentElement.scrollWidth") <= 390
    assert stranger.context.cookies() == [] or {c["name"] for c in stranger.context.cookies()} == {"timezone"}


def test_a_link_is_copied(page, upstream):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "Copy me")
    finished(page)
    address = share(page)
    page.get_by_role("main").get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_a_passphrase_opens_it_in_a_real_browser(page, stranger, upstream, complaints):
    ask(page, "Whisper")
    finished(page)
    stranger.goto(share(page, passphrase="correct horse"))
    stranger.get_by_label("Passphrase").fill("wrong passphrase")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("alert")).to_have_text("This passphrase is wrong.")
    stranger.get_by_label("Passphrase").fill("correct horse")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", name="Whisper")).to_be_visible()
    assert all("403" in complaint for complaint in complaints)
    complaints.clear()


def test_all_of_it_works_without_javascript(page, device, stranger, upstream, complaints):
    ask(page, "By paper")
    finished(page)
    plain = device(java_script_enabled=False).new_page()
    plain.goto(page.url)
    address = share(plain)
    stranger.goto(address)
    expect(stranger.get_by_role("heading", name="By paper")).to_be_visible()
    plain.get_by_role("link", name="Update").click()
    plain.get_by_role("button", name="Update").click()
    expect(plain.get_by_role("textbox", name="Link")).to_have_value(address)
    plain.get_by_role("button", name="Revoke").click()
    expect(plain.get_by_role("status").first).to_contain_text("is revoked")
    stranger.reload()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_list_leads_to_sharing(page, upstream):
    ask(page, "Listed and shared")
    finished(page)
    page.get_by_role("button", name="More: Listed and shared").first.click()
    page.get_by_role("link", name="Share", exact=True).click()
    expect(page.get_by_role("heading", name="Listed and shared")).to_be_visible()
