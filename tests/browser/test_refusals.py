"""What a page says where one person asks for more than the site allows at once."""

from playwright.sync_api import expect

from chatsite.limits import MAX_RUNNING_ANSWERS_PER_USER
from tests.browser.network import refuse
from tests.browser.steps import answer, ask, body, connected, field, finished, post
from tests.harness.protocol import create

MORE_THAN_A_LONGEST_WAIT = 5000


def ask_as_many_as_may_be(page, upstream):
    """Answers that are being written, in conversations that no page shows."""
    holds = [upstream.hold() for _ in range(MAX_RUNNING_ANSWERS_PER_USER)]
    for hold in holds:
        post(page, create("Hi"))
        hold.send("On my way.")
    return holds


def test_one_answer_too_many_is_refused_in_a_sentence_and_its_message_comes_back(page, site, upstream):
    connected(page)
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    holds = ask_as_many_as_may_be(page, upstream)
    ask(page, "One more")
    expect(page.locator("[data-notice]")).to_have_text(
        "10 of your answers are being written, the most at once. Wait for one to end, or stop one."
    )
    expect(field(page)).to_have_value("One more")
    assert sockets == []
    for hold in holds:
        hold.finish()
    site.until_idle()
    upstream.reply("Welcome.")
    field(page).press("Enter")
    expect(body(page)).to_have_text("Welcome.")
    finished(page)
    expect(page.locator("[data-notice]")).to_be_empty()


def test_a_page_that_sent_too_much_says_so_and_connects_no_more(page):
    page.clock.install()
    tries = refuse(page, code=4429)
    status = page.locator("connection-status")
    expect(status).to_contain_text("That was too much at once. Wait a minute, then reload the page.")
    expect(status.get_by_role("link", name="Reload the page")).to_be_visible()
    page.clock.fast_forward(MORE_THAN_A_LONGEST_WAIT)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(300)
    assert len(tries) == 1


def test_a_regenerate_too_many_leaves_the_answer_that_is_there(page, upstream):
    ask(page, "First")
    finished(page)
    holds = ask_as_many_as_may_be(page, upstream)
    answer(page).get_by_role("button", name="Regenerate").click()
    expect(page.locator("[data-notice]")).to_contain_text("10 of your answers are being written")
    expect(body(page)).to_have_text("Hello from upstream.")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    for hold in holds:
        hold.finish()
