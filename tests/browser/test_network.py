"""Networks that go away without a word, servers that restart, and places where WebSockets are blocked."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.network import NO_SOCKETS, SOCKETS, Network, refuse
from tests.browser.steps import SOON, answer, ask, body, connected, finished, messages, question
from tests.upstream import delta, done, finish

SLOWER = re.compile("live updates are slower")


@pytest.fixture
def network(page):
    return Network(page)


def growing(page, upstream, text):
    """An answer that has said this and is still being written."""
    hold = upstream.hold()
    ask(page, "Go on")
    hold.send(text)
    expect(body(page)).to_have_text(text)
    return hold


def test_all_is_there_within_a_second_of_the_network_being_back(page, network, upstream):
    hold = growing(page, upstream, "Before, ")
    page.context.set_offline(True)
    network.is_silent = True
    hold.send("meanwhile.")
    hold.finish()
    network.is_silent = False
    page.context.set_offline(False)
    expect(body(page)).to_have_text("Before, meanwhile.", timeout=SOON)
    finished(page)


def test_a_connection_that_died_without_a_word_is_noticed(page, upstream):
    page.clock.install()
    network = Network(page)
    hold = growing(page, upstream, "Before, ")
    network.is_silent = True
    hold.send("after.")
    page.clock.fast_forward(16_000)
    network.is_silent = False
    page.clock.fast_forward(6_000)
    expect(body(page)).to_have_text("Before, after.")
    hold.finish()
    finished(page)


def test_a_hint_that_was_lost_is_made_up_for(open_page, page):
    ask(page, "First")
    finished(page)
    page.clock.install()
    network = Network(page)
    connected(page)
    other = open_page(page.url)
    network.is_silent = True
    ask(other, "Second")
    finished(other)
    network.is_silent = False
    page.clock.fast_forward(15_000)
    expect(question(page)).to_have_count(2)


def test_a_reader_who_comes_back_to_the_page_finds_it_whole(page, network, upstream):
    hold = growing(page, upstream, "Before, ")
    page.clock.install()
    network.is_silent = True
    hold.send("after.")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.fast_forward(2_000)
    network.is_silent = False
    page.clock.fast_forward(1_000)
    expect(body(page)).to_have_text("Before, after.")
    hold.finish()
    finished(page)


def test_a_reconnect_fetches_the_page_only_when_something_is_missing(page, network, upstream):
    ask(page, "All is here")
    finished(page)
    fetched = []
    page.on("request", lambda request: request.url == page.url and fetched.append(request))
    network.cut()
    expect(page.locator("connection-status")).not_to_have_attribute("data-connected", "")
    connected(page)
    assert fetched == []


@pytest.mark.parametrize("offline, words", [(False, "Reconnecting…"), (True, "You are offline.")])
def test_a_lost_connection_is_told_in_words(page, network, offline, words):
    connected(page)
    page.clock.install()
    page.context.set_offline(offline)
    page.route_web_socket(SOCKETS, lambda socket: None)
    network.cut()
    expect(page.locator("connection-status")).not_to_have_attribute("data-connected", "")
    page.clock.fast_forward(2_000)
    expect(page.locator("connection-status")).to_contain_text(words)
    page.context.set_offline(False)


def test_where_websockets_are_blocked_an_answer_comes_by_events(open_page, upstream):
    page = open_page()
    page.add_init_script(NO_SOCKETS)
    page.reload()
    expect(page.locator("connection-status")).to_have_text(SLOWER)
    hold = growing(page, upstream, "One, ")
    hold.send("two.")
    expect(body(page)).to_have_text("One, two.")
    page.get_by_role("button", name="Stop").click()
    expect(answer(page)).to_contain_text("You stopped this answer.")
    hold.finish()
    before = messages(page)
    page.reload()
    assert messages(page) == before


def test_sockets_that_die_before_their_first_word_are_given_up_for_events(page, upstream):
    tries = refuse(page)
    expect(page.locator("connection-status")).to_have_text(SLOWER)
    ask(page, "Can you hear me?")
    finished(page)
    assert len(tries) == 4


def test_a_long_answer_by_events_comes_in_several_responses(open_page, upstream):
    page = open_page()
    page.add_init_script(NO_SOCKETS)
    page.reload()
    hold = upstream.hold()
    with page.expect_request(re.compile(r"/events/\?at="), timeout=20_000):
        ask(page, "Much text")
        for _ in range(20):
            hold.send(f"{'long ' * 3000}\n\n")
    hold.send("The end.")
    hold.finish()
    expect(page.get_by_text("The end.")).to_be_visible()
    finished(page)
    assert body(page).evaluate("body => body.textContent.match(/long/g).length") == 60_000


def test_a_refused_message_comes_back_by_events_too(open_page, complaints):
    page = open_page()
    page.add_init_script(NO_SOCKETS)
    page.reload()
    page.get_by_role("combobox", name="Model").evaluate("select => select.options[0].value = 'gone'")
    ask(page, "Precious words")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Precious words")
    expect(page.locator("[data-notice]")).to_contain_text("is not offered any more")
    # The browser's own notes of it; a page that connects meanwhile sends the message again.
    assert complaints and all("422" in complaint for complaint in complaints)
    complaints.clear()


def test_sockets_are_used_again_once_they_work(page):
    blocked = {"now": True}

    def route(socket):
        if blocked["now"]:
            socket.close()
        else:
            socket.connect_to_server()

    page.route_web_socket(SOCKETS, route)
    page.reload()
    expect(page.locator("connection-status")).to_have_text(SLOWER)
    blocked["now"] = False
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("connection-status")).to_be_hidden()
    ask(page, "By socket")
    finished(page)


def test_an_answer_that_no_frame_holds_is_shown_whole_at_its_end(page, upstream):
    text = ("<" * 100 + "\n\n") * 3000 + "The end."
    upstream.reply(chunks=[delta(text), finish("stop"), done()])
    ask(page, "Tell me much")
    expect(answer(page)).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(body(page)).to_contain_text("The end.")


OPEN_30 = """Promise.all(Array.from({ length: 30 }, (_, number) => new Promise((opened) => {
    const path = `/ws/conversations/00000000-0000-4000-8000-0000000000${10 + number}/`;
    const socket = new WebSocket(`ws://${location.host}${path}`);
    (window.held ??= []).push(socket);
    socket.onmessage = opened;
})))"""


@pytest.mark.parametrize("by_stream", [False, True], ids=["socket", "stream"])
def test_one_page_too_many_says_how_many_may_be_open_and_tries_no_more(
    open_page, page, complaints, by_stream
):
    connected(page)
    page.evaluate(f"async () => {{ await {OPEN_30}; }}")
    other = open_page()
    if by_stream:
        other.add_init_script(NO_SOCKETS)
        other.reload()
    status = other.locator("connection-status")
    expect(status).to_contain_text("30 of your pages are open, the most at once.")
    expect(status.get_by_role("link", name="Reload the page")).to_be_visible()
    # The browser's own note of the stream's refusal: there is one, for it is not tried again.
    assert len(complaints) == by_stream and all("429" in complaint for complaint in complaints)
    complaints.clear()
