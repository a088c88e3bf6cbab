"""What keeps people out of a page, as axe-core finds it: on every page and state, in both themes, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DEVICES, check
from tests.browser.imports import IMPORTED, done, upload
from tests.browser.steps import answer, ask, body, connected, finished, question
from tests.history.exchange.test_samples import SAMPLES

TEXT = """# A heading

Text with `code`, **weight**, a [link](https://example.com) and $x^2$.

```python
def answer():  # a comment
    return "forty-two", 42
```

| name | number |
|------|-------:|
| one  | 1      |

> A quotation.

1. First
   - nested

- [x] done
- [ ] to do

### A heading that leaves a level out

$$\\int_0^1 x\\,dx = \\frac12$$
"""


@pytest.fixture(params=DEVICES)
def tab(request, open_page):
    """A tab on each kind of device; called again it goes elsewhere."""
    return open_page("/", **request.param)


def test_nothing_keeps_people_out_of_a_temporary_conversation(tab):
    tab.goto("/?temporary=1")
    check(tab, "a new temporary conversation")
    ask(tab, "A secret soup?")
    finished(tab)
    check(tab, "a temporary conversation")


def test_nothing_keeps_people_out_of_a_conversation(tab, upstream):
    check(tab, "empty")
    hold = upstream.hold()
    ask(tab, "Show me everything")
    expect(answer(tab)).to_have_attribute("aria-busy", "true")
    check(tab, "before the first word")
    hold.send("<think># Let me\n\n### Think\n\n- [x] of `it`</think>" + TEXT[:200])
    expect(body(tab)).to_contain_text("Text with")
    check(tab, "being written")
    hold.send(TEXT[200:])
    hold.finish()
    finished(tab)
    check(tab, "answered")
    answer(tab).locator("summary").last.click()
    check(tab, "details open")
    answer(tab).get_by_role("button", name="Bad answer").click()
    expect(tab.get_by_role("dialog", name="What was wrong?")).to_be_visible()
    check(tab, "marked as bad, with the form for a sentence")
    tab.keyboard.press("Escape")
    answer(tab).get_by_role("button", name="Regenerate").click()
    expect(answer(tab)).to_contain_text("2/2")
    finished(tab)
    check(tab, "two versions")
    question(tab).last.hover()
    question(tab).last.get_by_role("button", name="Edit").click()
    check(tab, "editing")
    tab.get_by_role("button", name="Cancel").click()
    upstream.cut("Half an")
    ask(tab, "And now fail")
    expect(answer(tab)).to_have_attribute("data-status", "failed")
    check(tab, "failed")


def test_what_is_said_about_the_connection_is_read_out(page, complaints):
    connected(page)
    line = page.locator("connection-status").get_by_role("status")
    page.context.set_offline(True)
    try:
        expect(line).to_contain_text("You are offline.", timeout=20_000)
        check(page, "offline")
    finally:
        page.context.set_offline(False)
    expect(line).to_be_empty()
    complaints.clear()


def test_why_an_answer_failed_is_read_out(page, upstream):
    upstream.cut("Half an")
    ask(page, "Fail, please")
    expect(answer(page)).to_have_attribute("data-status", "failed")
    reason = page.locator(".outcome").inner_text().removesuffix("Continue Retry").strip()
    expect(page.locator("[data-announcer]")).to_have_text(f"The answer failed. {reason}")


def test_a_notice_above_the_field_is_read_out(page):
    notice = page.locator("[data-notice]")
    expect(notice).to_have_role("status")
    expect(notice).to_be_attached()
    assert notice.get_attribute("hidden") is None


def test_another_conversation_is_read_out(page):
    ask(page, "Otters, above all")
    finished(page)
    page.keyboard.press("Control+Shift+o")
    expect(page.locator("[data-announcer]")).to_have_text("New conversation · chatsite")


def test_nothing_keeps_people_out_of_the_other_pages(tab):
    ask(tab, "One entry at least")
    finished(tab)
    address = tab.url
    for path in (
        "/conversations/",
        "/conversations/?q=nothing+like+it",
        "/conversations/?q=entry",
        "/accounts/password/",
    ):
        tab.goto(path)
        check(tab, path)
    tab.goto("/conversations/")
    tab.get_by_role("main").locator("[data-menu]").first.click()
    tab.locator("#row-menu summary").click()
    check(tab, "renaming")
    tab.goto(address + "delete/")
    check(tab, "deleting")
    tab.goto("/")
    menu = tab.get_by_role("button", name="Conversations", exact=True)
    if menu.is_visible():
        menu.click()
        check(tab, "the drawer")
    tab.get_by_title("Your settings").click()
    check(tab, "settings")


def test_nothing_keeps_people_out_of_imports_and_exports(tab, site):
    tab.goto("/conversations/export/")
    check(tab, "nothing to export")
    upload(tab, SAMPLES / "chatgpt_nasty.json")
    check(tab, "importing")
    done(tab)
    check(tab, "the report of an import")
    report = tab.url
    for path in ("/conversations/import/", "/conversations/export/"):
        tab.goto(path)
        check(tab, path)
    tab.goto("/conversations/")
    tab.goto(tab.locator(".entries .export").first.get_attribute("href"))
    check(tab, "the export of one conversation")
    uuid = report.split("/")[-2].replace("-", "")
    site.database.write("UPDATE history_import SET state = 'interrupted' WHERE uuid = ?", uuid)
    tab.goto(report)
    check(tab, "an interrupted import")
    site.database.write("UPDATE history_import SET state = 'failed' WHERE uuid = ?", uuid)
    upload(tab, SAMPLES / "not_json.json")
    expect(tab.get_by_text("Nothing was imported.")).to_be_visible(timeout=IMPORTED)
    check(tab, "an import of nothing")


def test_nothing_keeps_people_out_of_sharing(tab, upstream, complaints):
    upstream.reply(TEXT)
    ask(tab, "Something to share")
    finished(tab)
    share = tab.get_by_role("link", name="Share this conversation")
    if share.is_visible():
        share.click()
    else:  # a phone
        tab.get_by_role("button", name="More: pin").click()
        tab.locator("#bar-menu").get_by_role("link", name="Share").click()
    check(tab, "sharing")
    tab.get_by_label("Passphrase").fill("short")
    tab.get_by_role("button", name="Make the link").click()
    expect(tab.get_by_text("at least 8 characters")).to_be_visible()
    check(tab, "a link that was not made")
    tab.get_by_label("Passphrase").fill("")
    tab.get_by_role("button", name="Make the link").click()
    address = tab.get_by_role("textbox", name="Link").input_value()
    check(tab, "a link")
    tab.get_by_role("link", name="All shared links").click()
    check(tab, "all links")
    tab.get_by_role("link", name="Update").click()
    check(tab, "updating a link")
    tab.get_by_label("Passphrase").fill("correct horse")
    tab.get_by_role("button", name="Update").click()
    tab.goto(address)
    check(tab, "a passphrase")
    tab.get_by_label("Passphrase").fill("correct horse")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Something to share")).to_be_visible()
    check(tab, "a shared conversation")
    tab.goto(address[:-3] + "/")
    check(tab, "a link that does not work")
    assert all("422" in complaint or "404" in complaint for complaint in complaints)
    complaints.clear()


def test_nothing_keeps_people_out_of_signing_in(chromium, site):
    with chromium.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.goto("/accounts/login/")
        check(page, "sign-in")
        page.get_by_label("Username").fill("nobody")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        check(page, "refused")
        page.goto("/nowhere/")
        check(page, "not found")
