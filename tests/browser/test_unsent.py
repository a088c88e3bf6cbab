"""Messages that could not be sent yet: they survive the tab, and reach nobody else."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.network import Network
from tests.browser.steps import ask, body, connected, field, finished, question, sidebar, until

FULL = """() => {
    let size = 2 ** 20;
    while (size >= 1) try { localStorage.setItem('x' + size + Math.random(), 'x'.repeat(size)); } catch { size /= 2; }
}"""


@pytest.fixture
def cut_off(page):
    """A page that believes to be connected; nothing that it sends arrives."""
    network = Network(page)
    connected(page)
    network.is_silent = True
    page.network = network
    return page


def reconnect(page):
    page.network.is_silent = False
    page.reload()


def test_a_message_sent_into_the_void_goes_out_after_a_reload(cut_off, upstream):
    ask(cut_off, "Is this lost?")
    upstream.reply("No.")
    reconnect(cut_off)
    expect(question(cut_off)).to_contain_text("Is this lost?")
    expect(body(cut_off)).to_have_text("No.")
    expect(cut_off).to_have_url(re.compile("/conversations/.+/$"))
    cut_off.reload()
    expect(question(cut_off)).to_have_count(1)


def test_a_message_survives_the_crash_of_its_tab(cut_off, open_page, upstream):
    ask(cut_off, "Is this lost?")
    with cut_off.expect_event("crash"), pytest.raises(Exception, match="crash"):
        cut_off.goto("chrome://crash")
    upstream.reply("No.")
    expect(body(open_page())).to_have_text("No.")


@pytest.fixture
def cut_off_later(page):
    """The same in a conversation that has been answered once."""
    ask(page, "The first one")
    finished(page)
    page.network = Network(page)
    connected(page)
    page.network.is_silent = True
    return page


def waits(page):
    """Whether this browser keeps a message that is not sent yet."""
    return page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('message '))")


def is_sent(page):
    until(page, lambda: not waits(page), "The message still waits.")


@pytest.mark.parametrize("path", ["/", "/conversations/"])
def test_a_message_whose_page_was_closed_goes_out_from_any_other(cut_off_later, open_page, path):
    ask(cut_off_later, "The second one")
    address = cut_off_later.url
    cut_off_later.close()
    elsewhere = open_page(path)
    is_sent(elsewhere)
    elsewhere.goto(address)
    expect(question(elsewhere).last).to_contain_text("The second one")
    finished(elsewhere)
    expect(question(elsewhere)).to_have_count(2)


def test_a_message_whose_page_is_closed_beside_a_connected_one_goes_out_soon(cut_off_later, open_page):
    elsewhere = open_page("/conversations/")
    elsewhere.clock.install()
    elsewhere.reload()
    expect(sidebar(elsewhere).get_by_text("The first one").first).to_be_visible()
    elsewhere.wait_for_load_state("networkidle")
    ask(cut_off_later, "The second one")
    cut_off_later.close()
    assert waits(elsewhere)
    elsewhere.clock.fast_forward(15_000)
    is_sent(elsewhere)


def test_the_first_message_of_a_conversation_goes_out_from_the_history(cut_off, open_page):
    ask(cut_off, "The very first one")
    cut_off.close()
    elsewhere = open_page("/conversations/")
    expect(sidebar(elsewhere).get_by_role("listitem").first).to_contain_text("The very first one")
    is_sent(elsewhere)


def test_a_message_that_two_pages_send_is_one(cut_off_later, open_page):
    ask(cut_off_later, "Only once")
    is_sent(open_page())
    assert question(cut_off_later).last.get_attribute("data-pending") == ""
    cut_off_later.network.is_silent = False
    cut_off_later.network.cut()
    expect(cut_off_later.locator('[data-status="complete"]')).to_have_count(2)
    expect(question(cut_off_later)).to_have_count(2)
    cut_off_later.reload()
    expect(question(cut_off_later)).to_have_count(2)


def test_a_message_that_is_refused_elsewhere_comes_back_on_its_own_page(cut_off_later, open_page, complaints):
    page = cut_off_later
    page.get_by_role("combobox", name="Model").evaluate("select => select.options[0].value = 'gone'")
    ask(page, "Precious words")
    address = page.url
    page.close()
    elsewhere = open_page()
    with elsewhere.expect_response(lambda response: response.status == 422):
        elsewhere.reload()
    assert waits(elsewhere)
    elsewhere.goto(address)
    expect(field(elsewhere)).to_have_value("Precious words")
    assert not waits(elsewhere)
    assert {"422" in complaint for complaint in complaints} == {True}  # the browser's own notes of it
    complaints.clear()


def test_a_message_that_waits_long_says_so_and_can_be_discarded(cut_off):
    cut_off.clock.install()
    ask(cut_off, "Never mind")
    expect(cut_off.get_by_text("Not sent yet.")).to_be_hidden()
    cut_off.clock.fast_forward(5000)
    expect(cut_off.get_by_text("Not sent yet.")).to_be_visible()
    cut_off.get_by_role("button", name="Discard").click()
    expect(question(cut_off)).to_have_count(0)
    reconnect(cut_off)
    connected(cut_off)
    expect(question(cut_off)).to_have_count(0)


def test_a_full_storage_does_no_harm(page, upstream):
    page.evaluate(FULL)
    ask(page, "Still there?")
    finished(page)
    expect(question(page)).to_contain_text("Still there?")


def test_a_forbidden_storage_does_no_harm(page):
    page.add_init_script(
        "for (const kind of ['localStorage', 'sessionStorage'])"
        "Object.defineProperty(window, kind, { get() { throw new Error('forbidden'); } })"
    )
    page.reload()
    ask(page, "Still there?")
    finished(page)


@pytest.fixture(scope="module")
def bob(site):
    """Another person's name and password."""
    name, password = "bob", "a good long password"
    account = {"USERNAME": name, "EMAIL": "bob@example.com", "PASSWORD": password}
    environment = {f"DJANGO_SUPERUSER_{key}": value for key, value in account.items()}
    assert site.manage("createsuperuser", "--noinput", **environment).wait(60) == 0
    return name, password


def test_the_next_person_at_this_browser_gets_none_of_it(cut_off, chromium, site, bob):
    ask(cut_off, "For nobody else")
    field(cut_off).fill("Neither is this")
    cut_off.reload()
    kept = cut_off.context.storage_state()
    with chromium.new_context(storage_state={**kept, "cookies": []}, base_url=site.url) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Username").fill(bob[0])
        page.get_by_label("Password").fill(bob[1])
        page.keyboard.press("Enter")
        connected(page)
        until(page, lambda: page.evaluate("localStorage.length") == 2, "More is kept, or less.")
        expect(field(page)).to_have_value("")
        expect(question(page)).to_have_count(0)
