"""Where a person organises conversations, and what they press there."""

from playwright.sync_api import expect


def boxes(page):
    return page.get_by_role("main").locator("input[name=conversation]")


def titles(page):
    return page.get_by_role("main").locator("[data-title]")


def note(page):
    return page.locator("act-notes .note")


def make_folder(page, name):
    page.goto("/conversations/folders/")
    page.get_by_label("New folder").fill(name)
    page.get_by_role("button", name="Make folder").click()
    expect(page.get_by_role("main").get_by_role("link", name=name, exact=True)).to_be_visible()


def act(page, name):
    page.locator("#selection").get_by_role("button", name=name, exact=True).click()
