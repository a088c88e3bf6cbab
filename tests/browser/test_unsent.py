"""Messages that could not be sent yet: they survive the tab, and reach nobody else."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.network import Network
from tests.browser.steps import ask, body, connected, field, finished, question

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


def test_a_message_in_an_older_conversation_waits_there(page, open_page, upstream):
    ask(page, "The first one")
    finished(page)
    network = Network(page)
    connected(page)
    network.is_silent = True
    ask(page, "The second one")
    address = page.url
    page.close()
    elsewhere = open_page()
    expect(question(elsewhere)).to_have_count(0)
    elsewhere.goto(address)
    expect(question(elsewhere).last).to_contain_text("The second one")
    finished(elsewhere)
    expect(question(elsewhere)).to_have_count(2)


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
    site.manage("createsuperuser", "--noinput", **environment)
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
        assert len(page.evaluate("Object.keys(localStorage)")) == 2
        expect(field(page)).to_have_value("")
        expect(question(page)).to_have_count(0)
