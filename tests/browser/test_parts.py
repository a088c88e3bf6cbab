"""A long conversation: it opens at its end, and the rest is loaded as a reader comes to it."""

import pytest
from playwright.sync_api import expect

from tests.browser.gestures import distance, settled_position, wheel
from tests.browser.steps import answer, ask, body, connected, field, finished, messages, until

COUNT = 200


@pytest.fixture
def long(page, site):
    """The address of a conversation of 200 messages."""
    owner = next(f"session={each['value']}" for each in page.context.cookies() if "session" in each["name"])
    (uuid,) = site.shell(f"from tests.harness.seed import conversation; conversation({owner!r}, {COUNT})")
    return f"/conversations/{uuid}/"


@pytest.fixture
def ids(page, long):
    """The ids of its messages, in their order."""
    html = page.request.get(f"{long}all/").text()
    return [part[:36] for part in html.split(' id="m-')[1:]]


def loaded(page):
    return page.locator(".message:not([hidden])").count()


def gauge(page, number):
    return page.get_by_text(f"What does gauge {number} say?", exact=True)


def top_of(page, locator):
    return locator.evaluate("(element) => element.getBoundingClientRect().top")


def scroll_up_until(page, claim):
    def is_so():
        wheel(page, -400)
        return claim()

    until(page, is_so, "The page does not get there.")


def test_a_conversation_opens_at_its_end(page, long):
    page.goto(long)
    expect(gauge(page, 99)).to_be_in_viewport()
    assert distance(page) <= 1
    settled_position(page)
    assert loaded(page) < COUNT


def test_earlier_messages_come_as_one_scrolls_up(page, long):
    page.goto(long)
    scroll_up_until(page, lambda: loaded(page) == COUNT)
    expect(page.locator("[data-gap]")).to_have_count(0)
    shown = page.eval_on_selector_all(".bubble", "all => all.map((one) => one.textContent)")
    assert shown == [f"What does gauge {number} say?" for number in range(COUNT // 2)]


def test_what_is_read_stays_where_it_is_while_earlier_messages_come(page, long):
    page.goto(long)
    settled_position(page)
    seen, before = gauge(page, 91), loaded(page)
    seen.scroll_into_view_if_needed()
    place = top_of(page, seen)
    page.evaluate("scrollBy(0, -1)")
    until(page, lambda: loaded(page) > before, "No earlier messages come.")
    settled_position(page)
    assert abs(top_of(page, seen) - place) <= 2


def test_a_link_to_a_message_that_is_not_loaded_shows_it(page, long, ids):
    page.goto(f"{long}#m-{ids[40]}")
    expect(gauge(page, 20)).to_be_in_viewport()
    expect(page.locator(f"#m-{ids[40]}")).to_have_attribute("data-found", "")
    settled_position(page)
    assert loaded(page) < COUNT


def test_what_lies_between_comes_from_both_sides(page, long, ids):
    page.goto(f"{long}?at={ids[40]}#m-{ids[40]}")
    expect(gauge(page, 20)).to_be_in_viewport()
    between = page.get_by_role("link", name="Later messages")

    def is_filled():
        between.evaluate_all("(links) => links[0]?.scrollIntoView()")
        return not between.count()

    until(page, is_filled, "The gap stays.")
    shown = page.eval_on_selector_all(".bubble", "all => all.map((one) => one.textContent)")
    first = int(shown[0].split()[3])
    assert shown == [f"What does gauge {number} say?" for number in range(first, COUNT // 2)]


def test_a_link_to_a_message_that_was_deleted_says_so(page, long, complaints):
    page.goto(f"{long}#m-00000000-0000-4000-8000-000000000000")
    expect(page.get_by_text("This message is not in this conversation any more.")).to_be_visible()
    assert distance(page) <= 1
    assert all("404" in complaint for complaint in complaints)
    complaints.clear()


def test_back_returns_to_a_message_that_is_loaded_late(page, long, ids):
    page.goto(f"{long}?at={ids[40]}#m-{ids[40]}")
    expect(gauge(page, 20)).to_be_in_viewport()
    wheel(page, -30)
    settled_position(page)
    place = top_of(page, gauge(page, 20))
    page.wait_for_timeout(300)
    page.reload()
    connected(page)
    settled_position(page)
    assert abs(top_of(page, gauge(page, 20)) - place) <= 2


def test_an_edit_of_a_message_that_was_loaded_late_replaces_all_that_follows(page, upstream, long, ids):
    upstream.reply("An answer to the edited question.")
    page.goto(f"{long}#m-{ids[40]}")
    expect(gauge(page, 20)).to_be_in_viewport()
    page.locator(f"#m-{ids[40]}").hover()
    page.locator(f"#m-{ids[40]}").get_by_role("button", name="Edit").click()
    field(page).fill("What does gauge twenty say?")
    page.keyboard.press("Enter")
    finished(page)
    expect(body(page)).to_have_text("An answer to the edited question.")
    expect(gauge(page, 99)).to_have_count(0)
    expect(gauge(page, 20)).to_have_count(0)
    assert len(upstream.requests[-1].json["messages"]) == 41
    before = messages(page)
    page.reload()
    connected(page)
    assert messages(page)[-4:] == before[-4:]


def test_another_version_of_an_early_message_is_shown_where_it_was(page, upstream, long, ids):
    upstream.reply("Another reading.")
    page.goto(f"{long}#m-{ids[40]}")
    first = page.locator(f"#m-{ids[41]}")
    first.get_by_role("button", name="Regenerate").click()
    finished(page)
    expect(body(page)).to_have_text("Another reading.")
    answer(page).get_by_role("button", name="Previous version").click()
    expect(first).to_be_in_viewport()
    expect(gauge(page, 99)).to_have_count(1)


def test_an_answer_that_is_being_written_catches_up_while_earlier_messages_come(page, upstream, long):
    page.goto(long)
    hold = upstream.hold()
    ask(page, "And now?")
    hold.send("The first part. ")
    expect(body(page)).to_contain_text("The first part.")
    scroll_up_until(page, lambda: loaded(page) == COUNT + 2)
    page.reload()
    hold.send("The second part.")
    expect(body(page)).to_have_text("The first part. The second part.")
    hold.finish()
    finished(page)


def test_a_message_from_another_tab_leaves_the_reader_where_they_are(page, open_page, upstream, long, ids):
    page.goto(f"{long}#m-{ids[40]}")
    expect(gauge(page, 20)).to_be_in_viewport()
    settled_position(page)
    place = top_of(page, gauge(page, 20))
    upstream.reply("From the other tab.")
    other = open_page(long)
    ask(other, "And now?")
    finished(other)
    expect(body(page)).to_have_text("From the other tab.")
    settled_position(page)
    assert abs(top_of(page, gauge(page, 20)) - place) <= 2


def test_without_scripts_earlier_messages_are_a_page(open_page, page, long):
    plain = open_page(long, java_script_enabled=False)
    expect(gauge(plain, 99)).to_have_count(1)
    plain.get_by_role("link", name="Earlier messages").click()
    expect(gauge(plain, 80)).to_have_count(1)
    plain.get_by_role("link", name="Earlier messages").click()
    expect(gauge(plain, 72)).to_have_count(1)
    expect(plain.get_by_role("link", name="Later messages")).to_have_count(1)
