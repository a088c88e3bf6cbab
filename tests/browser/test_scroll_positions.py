"""Where the page is when a reader comes back to it."""

from playwright.sync_api import expect

from tests.browser.gestures import distance, reaches_the_end, settled_position, wheel
from tests.browser.steps import ask, connected, finished, question, sidebar, until

LONG = "Another line of an answer.\n\n" * 40


def conversation(page, upstream, title):
    """Make a long one in which the reader scrolls up; returns where they are."""
    upstream.reply(LONG)
    ask(page, title)
    finished(page)
    reaches_the_end(page)
    wheel(page, -300)
    until(page, lambda: distance(page) > 1, "The page has not moved.")
    return settled_position(page)


def shows(page, title):
    expect(question(page)).to_contain_text(title)
    return settled_position(page)


def test_back_and_forward_return_to_where_one_was(page, upstream):
    place = conversation(page, upstream, "The earlier one")
    page.get_by_role("link", name="New conversation").click()
    expect(page.get_by_role("heading", name="What shall we look at?")).to_be_visible()
    later = conversation(page, upstream, "The later one")
    page.go_back()
    expect(page.get_by_role("heading", name="What shall we look at?")).to_be_visible()
    page.go_back()
    assert shows(page, "The earlier one") == place
    page.go_forward()
    expect(page.get_by_role("heading", name="What shall we look at?")).to_be_visible()
    page.go_forward()
    assert shows(page, "The later one") == later


def test_back_from_another_page_returns_to_where_one_was(page, upstream):
    place = conversation(page, upstream, "The one with two pages")
    page.goto("/conversations/")
    page.go_back()
    connected(page)
    assert shows(page, "The one with two pages") == place


def test_a_conversation_that_is_visited_opens_at_its_end(page, upstream):
    conversation(page, upstream, "The one to come back to")
    page.get_by_role("link", name="New conversation").click()
    sidebar(page).get_by_role("link", name="The one to come back to").click()
    shows(page, "The one to come back to")
    assert distance(page) <= 1
