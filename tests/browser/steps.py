"""What a person does and sees on the page."""

import time
from uuid import uuid4

from playwright.sync_api import expect

# Milliseconds. A page does each thing at once; a machine that does much else may take seconds for it.
PATIENCE = 10_000
# What a page does by itself after a wait comes later than this.
SOON = 5000


def ask(page, text):
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def post(page, command):
    """Do a command in a new conversation that no page shows."""
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    headers = {"X-CSRFToken": token, "Referer": page.url}
    assert page.request.post(f"/conversations/{uuid4()}/frames/", data=command, headers=headers).status == 204


def question(page):
    return page.locator('.message[data-role="user"]:visible')


def answer(page):
    return page.locator('.message[data-role="assistant"]:visible').last


def body(page):
    return answer(page).locator("[data-body]")


def finished(page):
    """Wait until the last message is an answer that has ended; a question that has none yet is the last one itself."""
    expect(page.locator(".message:visible").last).to_have_attribute("data-status", "complete")


def until(page, claim, otherwise):
    """Wait until something is so; the page lives on meanwhile."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not claim():
        assert time.monotonic() < deadline, otherwise
        page.wait_for_timeout(20)


def messages(page):
    """Return the current HTML of all messages."""
    return page.eval_on_selector_all(".message:not([hidden])", "all => all.map(one => one.outerHTML)")


def sidebar(page):
    return page.get_by_role("navigation", name="Conversations by day")


def field(page):
    return page.get_by_role("textbox", name="Message")


def connected(page):
    expect(page.locator("connection-status")).to_have_attribute("data-connected", "")


def more(page, act):
    """Do this with the open conversation, by the menu of its bar."""
    page.get_by_role("button", name="More: pin").click()
    page.locator("#bar-menu").get_by_role("button", name=act, exact=True).click()


def delete_here(page):
    """Delete the open conversation."""
    more(page, "Delete")
    expect(page.get_by_text("” was deleted.")).to_be_visible()
