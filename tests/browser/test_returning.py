"""A page that was away, and what it shows when it is back: all that happened meanwhile, as a reload would."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.network import Network
from tests.browser.steps import answer, ask, body, connected, delete_here, finished, messages, question, until


class Away:
    """A page that receives nothing. `other` is a tab of the same conversation."""

    def __init__(self, page, open_page) -> None:
        self.page = page
        page.clock.install()
        self.network = Network(page)
        connected(page)
        self.other = open_page(page.url)
        connected(self.other)
        self.network.is_silent = True

    def by_reconnecting(self) -> None:
        self.network.is_silent = False
        self.network.cut()

    def by_asking(self) -> None:
        """Its socket was not lost, only what came by it: the next check shows that."""
        self.network.is_silent = False
        self.page.clock.fast_forward(15_000)


RETURNS = pytest.mark.parametrize("comes_back", [Away.by_reconnecting, Away.by_asking])


@pytest.fixture
def away(page, open_page):
    ask(page, "Are you there?")
    finished(page)
    return Away(page, open_page)


@pytest.fixture
def away_from_half(page, open_page, upstream):
    """A page with an answer that can be continued."""
    upstream.hang(after="The first half,")
    ask(page, "Tell me all of it")
    expect(body(page)).to_have_text("The first half,")
    page.keyboard.press("Escape")
    expect(answer(page)).to_contain_text("You stopped this answer.")
    return Away(page, open_page)


def continue_elsewhere(away, upstream):
    upstream.reply(" and the second.")
    away.other.get_by_role("button", name="Continue").click()
    finished(away.other)
    away.network.has_lost("reply.finished")


def is_as_a_reload(page):
    before = messages(page)
    page.reload()
    assert messages(page) == before


@RETURNS
def test_a_title_that_was_changed_meanwhile_is_shown(away, comes_back):
    away.other.get_by_role("textbox", name="Title").fill("A better name")
    away.other.keyboard.press("Enter")
    expect(away.other).to_have_title("A better name · chatsite")
    away.network.has_lost("conversation.changed")
    comes_back(away)
    expect(away.page).to_have_title("A better name · chatsite")
    expect(away.page.get_by_role("textbox", name="Title")).to_have_value("A better name")


@RETURNS
def test_an_answer_that_was_gone_on_with_meanwhile_is_shown_whole(away_from_half, comes_back, upstream):
    continue_elsewhere(away_from_half, upstream)
    comes_back(away_from_half)
    expect(body(away_from_half.page)).to_have_text("The first half, and the second.")
    is_as_a_reload(away_from_half.page)


@RETURNS
def test_an_answer_that_another_run_writes_by_now_grows_on_the_page_before_its_end(
    page, open_page, comes_back, upstream
):
    first = upstream.hold()
    ask(page, "Tell me all of it")
    first.send("The first run said this much,")
    expect(body(page)).to_have_text("The first run said this much,")
    away = Away(page, open_page)
    expect(body(away.other)).to_have_text("The first run said this much,")
    away.other.keyboard.press("Escape")
    expect(answer(away.other)).to_contain_text("You stopped this answer.")
    first.finish()
    second = upstream.hold()
    away.other.get_by_role("button", name="Continue").click()
    said = " and the second goes on with a good deal more than that"
    second.send(said)
    expect(body(away.other)).to_have_text("The first run said this much," + said)
    away.network.has_lost("reply.delta")
    comes_back(away)
    second.send(", before it ends.")
    expect(body(away.page)).to_have_text("The first run said this much," + said + ", before it ends.")
    second.finish()
    finished(away.page)
    is_as_a_reload(away.page)


@RETURNS
def test_another_version_that_came_meanwhile_is_offered(away, comes_back):
    away.other.get_by_role("button", name="Regenerate").click()
    expect(answer(away.other)).to_contain_text("2/2")
    away.other.get_by_role("button", name="Previous version").click()
    expect(answer(away.other)).to_contain_text("1/2")
    away.network.has_lost("reply.finished")
    comes_back(away)
    expect(answer(away.page)).to_contain_text("1/2")
    is_as_a_reload(away.page)


def test_a_version_chosen_while_the_page_is_fetched_stays(page, open_page):
    ask(page, "Say it in three ways")
    finished(page)
    for count in ("2/2", "3/3"):
        page.get_by_role("button", name="Regenerate").click()
        expect(answer(page)).to_contain_text(count)
    away = Away(page, open_page)
    for shown in ("2/3", "1/3"):
        away.other.get_by_role("button", name="Previous version").click()
        expect(answer(away.other)).to_contain_text(shown)
    fetched = []
    page.route(page.url, lambda route: fetched.append((route, route.fetch())), times=1)
    with page.expect_request(page.url):
        away.by_asking()
    page.get_by_role("button", name="Previous version").click()
    expect(answer(away.other)).to_contain_text("2/3")
    until(page, lambda: fetched, "The page is not fetched.")
    [(route, response)] = fetched
    with page.expect_response(page.url):
        route.fulfill(response=response)
    expect(answer(page)).to_contain_text("2/3")
    is_as_a_reload(page)


def test_what_was_missed_is_fetched_later_when_it_cannot_be_fetched_at_once(
    away_from_half, upstream, complaints
):
    away, page = away_from_half, away_from_half.page
    continue_elsewhere(away, upstream)
    page.route(page.url, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        away.by_asking()
    ask(page, "And then?")
    expect(question(page)).to_have_count(2)
    finished(page)
    page.unroute(page.url)
    away.by_asking()
    expect(page.get_by_text("The first half, and the second.")).to_be_visible()
    is_as_a_reload(page)
    # The browser's own note of each try; on a slow machine the page may ask twice.
    assert {"net::ERR_FAILED" in complaint for complaint in complaints} == {True}
    complaints.clear()


@RETURNS
def test_a_conversation_that_was_deleted_meanwhile_is_said_to_be_gone(away, comes_back):
    delete_here(away.other)
    away.network.has_lost("conversation.changed")
    comes_back(away)
    expect(away.page.locator("connection-status")).to_contain_text("This conversation was deleted.")


def delete_elsewhere(away):
    delete_here(away.other)
    expect(away.other).to_have_url(re.compile(r":\d+/\?done="))


@RETURNS
def test_a_message_that_waits_for_a_deleted_conversation_is_given_back(away, comes_back, complaints):
    page, address = away.page, away.page.url
    ask(page, "Precious words")
    delete_elsewhere(away)
    comes_back(away)
    expect(page.locator("connection-status")).to_contain_text("This conversation was deleted.")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Precious words")
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice]")).to_contain_text("kept for a new conversation")
    page.locator("connection-status").get_by_role("link", name="New conversation").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Precious words")
    assert page.request.get(address).status == 404
    complaints.clear()  # the browser's own note of the page that is not found


def test_a_message_that_waits_for_a_deleted_conversation_is_given_back_elsewhere(away, open_page, complaints):
    address = away.page.url
    ask(away.page, "Precious words")
    delete_elsewhere(away)
    away.page.close()
    expect(away.other.locator("[data-notice]")).to_contain_text("its conversation was deleted")
    page = open_page()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Precious words")
    assert page.request.get(address).status == 404
    complaints.clear()  # the browser's own note of the page that is not found


def test_a_connection_that_dies_while_an_answer_grows_is_noticed_within_seconds(page, upstream):
    network = Network(page)
    connected(page)
    hold = upstream.hold()
    ask(page, "Take your time")
    hold.send("One. ")
    expect(body(page)).to_have_text("One.")
    network.is_silent = True
    hold.send("Two.")
    expect(page.locator("connection-status")).to_contain_text("The server does not respond.")
    network.is_silent = False
    expect(body(page)).to_have_text("One. Two.")
    expect(page.locator("connection-status p span")).to_have_text("")
    hold.finish()
    finished(page)
