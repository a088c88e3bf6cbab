"""All pages of the admin that are ours or that we changed: axe finds nothing, and none is wider than a telephone."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DJANGOS, DJANGOS_STYLES, violations
from tests.browser.conftest import PHONE
from tests.browser.steps import ask, connected

# Django's as well: a search field with its help.
NOT_OURS = f"{DJANGOS}, #searchbar"
LISTS = [
    "",
    "accounts/invitation/",
    "audit/event/",
    "auth/group/",
    "auth/user/",
    "auth/user/?q=nobody",
    "backups/",
    "banners/banner/",
    "conversations/completion/",
    "conversations/conversation/",
    "conversations/message/",
    "conversations/runninganswer/",
    "conversations/sharedanswer/",
    "doctor/",
    "environment/",
    "history/retentionrule/",
    "history/retentionrule/count/",
    "prompts/promptsnippet/",
    "prompts/promptvariable/",
    "prompts/systemprompt/",
    "prompts/systemprompt/?state=archived",
    "prompts/systemprompt/import/",
    "providers/model/",
    "providers/provider/",
    "usage/extra/",
    "usage/limit/",
    "usage/usageday/",
    "usage/usageday/?by=person",
]
FORMS = [
    "accounts/invitation/add/",
    "banners/banner/add/",
    "prompts/promptsnippet/add/",
    "prompts/promptvariable/add/",
    "prompts/systemprompt/add/",
    "providers/model/add/",
    "providers/provider/add/",
    "providers/provider/add/?preset=openai",
    "usage/extra/add/",
    "usage/limit/add/",
]


@pytest.fixture(scope="module")
def pages(site):
    """The paths of all pages, on a site that has one of each thing at least."""
    yield LISTS + FORMS + site.shell("from tests.harness.seed_admin import admin_rows; admin_rows()")
    site.shell("from tests.harness.seed_admin import remove_admin_rows; remove_admin_rows()")


# What is done with the row of a table, and the fields of one.
DONE_WITH_ROWS = ".do :is(a, button), .inline-group :is(a, input):not([type=hidden])"


def opened(open_page, site, width):
    """The admin in a window of this width, for a person whose tryouts it shows."""
    tab = open_page("/admin/", viewport={"width": width, "height": 844})
    name = tab.locator("#user-tools strong").text_content()
    site.shell(f"from tests.harness.seed_admin import give_tryouts; give_tryouts({name!r})")
    return tab


def test_no_page_of_the_admin_keeps_people_out_or_scrolls_sideways(pages, site, open_page, complaints):
    tab = opened(open_page, site, 390)
    found = {}
    for path in pages:
        assert tab.goto(f"/admin/{path}").ok, path
        if (width := tab.evaluate("document.documentElement.scrollWidth")) > 390:
            found[path] = f"{width} pixels wide"
        for each in tab.locator(DONE_WITH_ROWS).filter(visible=True).all():
            box = each.bounding_box()
            if box["x"] + box["width"] > 390:
                found[path] = f"{each.text_content()} is beside the page"
        found |= {(path, *rule): nodes for rule, nodes in violations(tab, NOT_OURS).items()}
    assert found == {}
    assert [each for each in complaints if DJANGOS_STYLES not in each] == []
    complaints.clear()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_word_without_an_end_widens_no_page_of_the_admin(pages, site, open_page, complaints, width):
    tab = opened(open_page, site, width)
    site.shell("from tests.harness.seed_admin import long_texts; long_texts()")
    wide = []
    for path in pages:
        assert tab.goto(f"/admin/{path}").ok, path
        if tab.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []
    complaints.clear()


def test_an_answer_is_stopped_on_the_live_board_of_a_phone(page, open_page, upstream, complaints):
    connected(page)
    upstream.hang(after="As far as it came.")
    ask(page, "Go on for ever")
    expect(page.get_by_text("As far as it came.")).to_be_visible()
    board = open_page("/admin/conversations/runninganswer/", **PHONE)
    stop = board.get_by_role("button", name="Stop the answer")
    # The board sends itself again meanwhile.
    expect(stop).to_be_in_viewport(ratio=1)
    stop.tap()
    expect(board.get_by_text("The answer is being stopped.")).to_be_visible()
    expect(page.locator(".message").last).to_have_attribute("data-status", "stopped")
    complaints.clear()


def test_an_admin_without_javascript_limits_a_person(pages, open_page):
    page = open_page("/admin/usage/limit/add/", java_script_enabled=False)
    page.get_by_label("Person:").fill("charles")
    page.get_by_label("Messages an hour:").fill("5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist")).to_have_text("There is no person “charles” here.")
    page.get_by_label("Person:").fill("charles.babbage")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("charles.babbage")
