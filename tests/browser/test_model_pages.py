"""What an admin does with models: offers many to a group, fills in prices, says what a model's page refuses."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.axe import DJANGOS
from tests.browser.test_admin_pages import DJANGOS_STYLES

AXE = Axe()
SEED = """
from django.contrib.auth.models import Group
from chatsite.providers.models import Model, Provider
openai, _ = Provider.objects.get_or_create(name='OpenAI', base_url='https://api.openai.com/v1', applies=False)
for name in ('gpt-4o', 'gpt-4o-mini', 'ft:gpt-4o-mini-of-our-own-with-a-long-name:2026-11-27'):
    Model.objects.get_or_create(provider=openai, name=name)
for name in ('Sales', 'Writers'):
    Group.objects.get_or_create(name=name)
print('made')
"""
REMOVE = """
from django.contrib.auth.models import Group
from chatsite.providers.models import Provider
Provider.objects.filter(name='OpenAI').delete()
Group.objects.filter(name__in=['Sales', 'Writers']).delete()
print('removed')
"""


@pytest.fixture
def models(site):
    """Three models of a provider that answers nothing, and two groups."""
    site.shell(SEED)
    yield
    site.shell(REMOVE)


def choose(page, action: str) -> None:
    """Run an action on the three models."""
    page.goto("/admin/providers/model/?q=gpt-4o")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    for box in page.locator("#result_list tbody input[type=checkbox]").all():
        box.check()
    page.get_by_label("Action:").select_option(label=action)
    page.locator(".actions button[name=index]").click()  # "Go", or "Run" in later releases of Django


def faults(page) -> dict:
    context = {"include": [["html"]], "exclude": [[DJANGOS]]}
    found = {
        rule["id"]: [node["html"][:200] for node in rule["nodes"]]
        for rule in AXE.run(page, context=context).response["violations"]
    }
    if (width := page.evaluate("document.documentElement.scrollWidth")) > page.viewport_size["width"]:
        found["width"] = width
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_models_go_to_a_group_and_get_known_prices_after_pages_that_keep_nobody_out(
    models, open_page, complaints, theme, width
):
    page = open_page("/admin/", color_scheme=theme, viewport={"width": width, "height": 900})
    choose(page, "To groups…")
    expect(page.get_by_role("heading", name="Who may use 3 models")).to_be_visible()
    assert faults(page) == {}
    page.get_by_label("Only these groups:").check()
    page.get_by_label("Sales (0 people)").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_have_text("3 models are for Sales now: 0 people.")
    choose(page, "Fill in known prices…")
    assert faults(page) == {}
    page.get_by_role("button", name="Fill in").click()
    expect(page.locator(".messagelist")).to_contain_text("is filled in.")
    assert all(DJANGOS_STYLES in complaint for complaint in complaints)
    complaints.clear()


def test_an_admin_without_javascript_fills_in_prices_and_reads_what_is_refused(models, open_page):
    page = open_page("/admin/providers/model/?q=gpt-4o", java_script_enabled=False)
    page.get_by_role("link", name="gpt-4o-mini", exact=True).click()
    page.get_by_label("Temperature:").fill("5")
    page.get_by_label("Other parameters:").fill("[1]")
    page.get_by_role("button", name="Fill in known prices").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing is saved yet.")
    expect(page.get_by_label("Input price:")).not_to_have_value("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-temperature .errorlist")).to_contain_text("less than or equal to 2")
    expect(page.locator(".field-other_params .errorlist")).to_contain_text("Write a JSON object")
    expect(page.get_by_label("Other parameters:")).to_have_value("[1]")
