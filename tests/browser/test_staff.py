"""What keeps people out of pages of the staff, as axe-core finds it: Django's with ours among them."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DEVICES, DJANGOS, DJANGOS_STYLES, check
from tests.browser.steps import ask, finished


@pytest.fixture(params=DEVICES)
def tab(request, open_page):
    """A tab on each kind of device; called again it goes elsewhere."""
    return open_page("/", **request.param)


def test_nothing_keeps_people_out_of_what_staff_read(tab, complaints):
    ask(tab, "Something to read")
    finished(tab)
    address = tab.url
    tab.goto("/admin/conversations/conversation/")
    tab.locator("#result_list tbody th a").first.click()
    tab.get_by_role("link", name="Read it").click()
    check(tab, "why somebody reads", DJANGOS)
    tab.get_by_label("Why do you read it?").fill("A report of a fault")
    tab.get_by_role("button", name="Read it").click()
    expect(tab.get_by_role("heading", name="Something to read")).to_be_visible()
    check(tab, "what was said", DJANGOS)
    tab.goto("/admin/audit/event/")
    check(tab, "events", DJANGOS)
    tab.goto(address)
    expect(tab.get_by_text("Staff of this site have read this conversation.")).to_be_visible()
    check(tab, "a conversation that staff have read")
    tab.get_by_role("link", name="Who, and why").click()
    expect(tab.get_by_text("A report of a fault")).to_be_visible()
    check(tab, "who read")
    assert all(DJANGOS_STYLES in complaint for complaint in complaints)
    complaints.clear()


def prompt(page) -> None:
    """Make a prompt in the admin, and stay on its page."""
    page.goto("/admin/prompts/systemprompt/add/")
    check(page, "adding a prompt", DJANGOS)
    page.get_by_label("Name").fill(f"Prompt {time.time_ns()}")
    page.get_by_label("Text:").fill("Be brief.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".success")).to_be_visible()


def test_nothing_of_ours_keeps_people_out_of_the_admin(tab, complaints):
    ask(tab, "One entry at least")
    finished(tab)
    tab.goto("/admin/")
    check(tab, "the admin", DJANGOS)
    prompt(tab)
    check(tab, "a prompt", DJANGOS)
    address = tab.url
    for path in ("publish/1/", "archive/", "versions/", "versions/1/", "compare/", "releases/"):
        tab.goto(address.replace("change/", path))
        check(tab, f"a prompt's {path}", DJANGOS)
    for path in ("", "import/"):
        tab.goto(f"/admin/prompts/systemprompt/{path}")
        check(tab, f"prompts: {path}", DJANGOS)
    for path in ("providers/provider", "conversations/conversation"):
        tab.goto(f"/admin/{path}/")
        check(tab, path, DJANGOS)
        tab.locator("#result_list tbody th a").first.click()
        expect(tab).to_have_url(re.compile("/change/$"))
        check(tab, f"one of {path}", DJANGOS)
    assert all(DJANGOS_STYLES in complaint for complaint in complaints)
    complaints.clear()
