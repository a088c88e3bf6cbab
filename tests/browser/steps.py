"""What a person does and sees on the page."""

from playwright.sync_api import expect


def ask(page, text):
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def question(page):
    return page.locator('.message[data-role="user"]:visible')


def answer(page):
    return page.locator('.message[data-role="assistant"]:visible').last


def body(page):
    return answer(page).locator("[data-body]")


def finished(page):
    expect(answer(page)).to_have_attribute("data-status", "complete")


def messages(page):
    """The HTML of all messages, as they stand."""
    return page.eval_on_selector_all(".message:not([hidden])", "all => all.map(one => one.outerHTML)")


def sidebar(page):
    return page.get_by_role("navigation", name="Conversations by day")


def field(page):
    return page.get_by_role("textbox", name="Message")


def connected(page):
    expect(page.locator("connection-status")).to_have_attribute("data-connected", "")
