"""What admins do with people and groups, and what people see of their limits."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import answer, ask, connected, finished
from tests.harness.people import stranger

LIMIT = "from chatsite.usage.models import Limit; print(Limit.objects.create(person_id={person}, tokens_a_month=12).pk)"
NO_LIMITS = "from chatsite.usage.models import Limit; print(Limit.objects.all().delete())"
WRITE = """
from uuid import uuid4
from django.contrib.auth.models import User
from chatsite.conversations.models import Conversation
person = User.objects.get(username={name!r})
for _ in range(3):
    Conversation.objects.create(owner=person).say(uuid4(), "Hello?", None)
print(person.pk)
"""
GROUP = """
from django.contrib.auth.models import Group
from chatsite.prompts.models import SystemPrompt
from chatsite.providers.models import Model
group, _ = Group.objects.get_or_create(name="Sales")
SystemPrompt.objects.get_or_create(name="For sales", defaults={"enabled": False})
SystemPrompt.objects.get_or_create(name="For law", defaults={"enabled": False})
print(group.pk)
"""


@pytest.fixture
def limited(open_page, site):
    """A page of a person who may use 12 tokens a month, of which an answer takes 11."""
    page = open_page()
    connected(page)
    person = page.locator("[data-person]").first.get_attribute("data-person").split("-")[0]
    (page.limit,) = site.shell(LIMIT.format(person=person))
    yield page
    site.shell(NO_LIMITS)


def test_a_person_is_told_of_a_limit_without_loading_the_page_and_the_line_goes_when_it_is_raised(
    limited, open_page
):
    line = limited.locator("[data-limits]")
    expect(line).to_have_text("")
    ask(limited, "Hello?")
    finished(limited)
    expect(line).to_contain_text("11 of your 12 tokens of this month are used. They start again on")
    ask(limited, "And again?")
    expect(line).to_contain_text("Your 12 tokens of this month are used up. They start again on")
    ask(limited, "Once more?")
    expect(limited.get_by_role("textbox", name="Message")).to_have_value("Once more?")
    expect(limited.locator("[data-notice]")).to_have_text("")
    admin = open_page(f"/admin/usage/limit/{limited.limit}/change/")
    admin.get_by_label("Tokens a month:").fill("1000")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(line).to_have_text("")
    expect(answer(limited)).to_have_attribute("data-status", "complete")


def test_an_admin_erases_a_person_and_keeps_them_after_all(open_page, site, chromium):
    cookie = stranger(site, "grace.hopper")
    (pk,) = site.shell(WRITE.format(name="grace.hopper"))
    name, _, value = cookie.partition("=")
    context = chromium.new_context(base_url=site.url)
    context.add_cookies([{"name": name, "value": value, "url": site.url}])
    theirs = context.new_page()
    theirs.goto("/")
    connected(theirs)
    admin = open_page(f"/admin/auth/user/{pk}/change/")
    admin.get_by_role("link", name="Erase…").click()
    expect(admin.locator("#content")).to_contain_text("3 conversations, 0 shared links, 0 imports.")
    admin.get_by_role("button", name="Erase in 7 days").click()
    expect(admin.locator(".errorlist")).to_have_text("Say why.")
    admin.get_by_label("Reason:").fill("She asked for it.")
    admin.get_by_role("button", name="Erase in 7 days").click()
    expect(admin.locator(".messagelist")).to_contain_text("to be erased on")
    expect(theirs.locator("connection-status")).to_contain_text("You are signed out.")
    context.close()
    admin.goto("/admin/auth/user/?erasure=planned")
    expect(admin.locator("#result_list")).to_contain_text("will be erased on")
    admin.get_by_role("link", name="grace.hopper").click()
    expect(admin.locator(".erasure")).to_contain_text("“She asked for it.”")
    admin.get_by_role("button", name="Keep this person").click()
    expect(admin.locator(".messagelist")).to_contain_text("Kept, with everything as it was: grace.hopper.")
    admin.goto(f"/admin/auth/user/{pk}/change/")
    expect(admin.get_by_label("Active")).to_be_checked()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_an_admin_chooses_what_a_group_may_use(open_page, site, with_scripts):
    (pk,) = site.shell(GROUP)
    page = open_page(f"/admin/auth/group/{pk}/change/", java_script_enabled=with_scripts)
    page.get_by_label("For sales").check()
    page.get_by_label("For law").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("“For law” was for everyone.")
    page.goto(f"/admin/auth/group/{pk}/change/")
    page.get_by_label("Show only names with").fill("law")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_label("For sales")).to_have_count(0)
    page.get_by_label("For law").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("“For law” is for everyone now")
    page.goto(f"/admin/auth/group/{pk}/change/")
    expect(page.get_by_label("For sales")).to_be_checked()
    expect(page.get_by_label("For law")).not_to_be_checked()
    page.get_by_label("For sales").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
