"""Tabs that come, go and lose their connection while an answer is written."""

from playwright.sync_api import expect

from tests.browser.network import Network, refuse
from tests.browser.steps import answer, ask, body, connected, finished, messages, question

LONG = "".join(f"Line {number}.\n\n" for number in range(60))


def test_two_tabs_see_the_same_answer_grow_and_either_can_stop_it(open_page, upstream):
    first = open_page()
    ask(first, "For both of us")
    finished(first)
    second = open_page(first.url)
    hold = upstream.hold()
    ask(first, "And now together")
    hold.send("Growing")
    expect(body(first)).to_have_text("Growing")
    expect(body(second)).to_have_text("Growing")
    second.get_by_role("button", name="Stop").click()
    expect(answer(first)).to_contain_text("You stopped this answer.")
    expect(answer(second)).to_contain_text("You stopped this answer.")
    hold.finish()
    assert messages(first) == messages(second)


def test_two_tabs_show_the_same_version(open_page, upstream):
    first = open_page()
    ask(first, "Once more, please")
    finished(first)
    second = open_page(first.url)
    connected(second)
    first.get_by_role("button", name="Regenerate").click()
    expect(answer(second)).to_contain_text("2/2")
    expect(answer(first)).to_contain_text("2/2")
    first.get_by_role("button", name="Previous version").click()
    expect(answer(second)).to_contain_text("1/2")
    expect(answer(first)).to_contain_text("1/2")


def test_an_answer_goes_on_without_its_tab_and_is_whole_in_the_next_one(open_page, upstream):
    page = open_page()
    hold = upstream.hold()
    ask(page, "Carry on without me")
    hold.send("Before. ")
    expect(body(page)).to_have_text("Before.")
    address = page.url
    page.close()
    hold.send("Meanwhile. ")
    later = open_page(address)
    expect(body(later)).to_have_text("Before. Meanwhile.")
    hold.send("After.")
    expect(body(later)).to_have_text("Before. Meanwhile. After.")
    hold.finish()
    finished(later)


def test_a_lost_connection_is_made_again_and_misses_nothing(open_page, upstream):
    page = open_page()
    network = Network(page)
    hold = upstream.hold()
    ask(page, "Through thick and thin")
    hold.send("One. ")
    expect(body(page)).to_have_text("One.")
    network.cut()
    hold.send("Two.")
    expect(body(page)).to_have_text("One. Two.")
    hold.finish()
    finished(page)


def test_what_ended_while_there_was_no_connection_is_caught_up_on(open_page, upstream):
    page = open_page()
    network = Network(page)
    hold = upstream.hold()
    ask(page, "Finish without me")
    hold.send("One. ")
    expect(body(page)).to_have_text("One.")
    network.cut()
    hold.send("Two.")
    hold.finish()
    finished(page)
    before = messages(page)
    page.reload()
    assert messages(page) == before


def test_a_message_sent_without_a_connection_goes_out_once_when_it_is_back(open_page, upstream):
    page = open_page()
    network = Network(page)
    connected(page)
    network.cut()
    upstream.reply("Here I am.")
    ask(page, "Are you back?")
    expect(body(page)).to_have_text("Here I am.")
    page.reload()
    expect(question(page)).to_have_count(1)


def test_a_signed_out_page_says_so_and_does_not_try_again(open_page, upstream):
    page = open_page()
    network = Network(page)
    connected(page)
    network.cut(4401)
    expect(page.locator("connection-status")).to_contain_text("You are signed out.")
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
    assert len(network.sockets) == 1


def test_a_frame_that_went_missing_is_asked_for_again(open_page, upstream):
    page = open_page()
    network = Network(page, lose=lambda event: '"text":"Two. "' in event)
    hold = upstream.hold()
    ask(page, "Count to three")
    hold.send("One. ")
    expect(body(page)).to_have_text("One.")
    hold.send("Two. ")
    network.has_lost("reply.delta")
    hold.send("Three.")
    expect(body(page)).to_have_text("One. Two. Three.")
    hold.finish()
    finished(page)
    assert len(network.sockets) == 1


def test_a_server_that_keeps_failing_is_left_alone_after_a_few_tries(open_page):
    page = open_page()
    tries = refuse(page, code=1011)
    expect(page.locator("connection-status")).to_contain_text("The server failed several times")
    expect(page.get_by_role("link", name="Reload the page")).to_be_visible()
    assert len(tries) == 4


def test_the_page_follows_near_the_end_and_stays_put_elsewhere(page, upstream):
    hold = upstream.hold()
    ask(page, "Much text")
    hold.send(LONG)
    expect(page.get_by_text("Line 59.")).to_be_in_viewport()
    page.mouse.move(700, 300)
    page.mouse.wheel(0, -600)
    expect(page.get_by_role("button", name="Jump to newest")).to_be_visible()
    place = page.evaluate("scrollY")
    hold.send(LONG)
    hold.send("The end.")
    expect(page.get_by_text("The end.")).to_have_count(1)
    assert page.evaluate("scrollY") == place
    page.get_by_role("button", name="Jump to newest").click()
    expect(page.get_by_text("The end.")).to_be_in_viewport()
    hold.finish()
    finished(page)


def test_what_is_settled_is_not_touched_again(page, upstream):
    hold = upstream.hold()
    ask(page, "Two paragraphs")
    hold.send("First.\n\nSecond")
    expect(page.get_by_text("Second")).to_be_visible()
    page.get_by_text("First.").evaluate("element => (element.isMarked = true)")
    hold.send(" and more.\n\nThird.")
    hold.finish()
    finished(page)
    assert page.get_by_text("First.").evaluate("element => element.isMarked")
