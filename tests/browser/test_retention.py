"""What a site deletes soon, on the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DEVICES, check
from tests.browser.steps import ask, finished

RULE = """
from chatsite.history.models import RetentionRule
RetentionRule.objects.create(days=30)
print('set')
"""
OLD = """
from datetime import timedelta
from django.utils import timezone
from chatsite.conversations.models import Conversation
old = timezone.now() - timedelta(days=29)
print(Conversation.objects.filter(title__startswith='Old').update(updated=old, changed=old))
"""
NO_RULE = "from chatsite.history.models import RetentionRule; print(RetentionRule.objects.all().delete())"


@pytest.fixture
def rule(site):
    site.shell(RULE)
    yield
    site.shell(NO_RULE)


@pytest.mark.parametrize("device_options", DEVICES)
def test_people_are_told_and_keep_what_they_pin(open_page, site, rule, device_options):
    page = open_page("/", **device_options)
    ask(page, "Old soup with " + "beans " * 12)
    finished(page)
    site.shell(OLD)
    page.goto("/")
    check(page, "a new conversation with a notice")
    page.get_by_role("link", name="1 conversation will be deleted on").locator("visible=true").first.click()
    expect(page.get_by_role("heading", name="Deleted soon")).to_be_visible()
    check(page, "what is deleted soon")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Pin selected").click()
    expect(page.get_by_role("main")).to_contain_text("None of your conversations")
    check(page, "nothing is deleted soon")
    page.goto("/conversations/")
    expect(page.get_by_role("main")).not_to_contain_text("will be deleted")


def test_an_admin_counts_before_saving(open_page, site, rule):
    page = open_page("/admin/history/retentionrule/1/change/")
    page.get_by_role("link", name="Count what a rule would delete").click()
    page.get_by_label("Days after the last message").fill("20")
    page.get_by_role("button", name="Count").click()
    expect(page.locator("#content")).to_contain_text("old enough to be deleted")
