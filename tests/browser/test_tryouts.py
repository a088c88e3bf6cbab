"""“Try it” in the admin: versions and models answer side by side while the page shows them."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.axe import DJANGOS, DJANGOS_STYLES
from tests.browser.steps import answer, ask, connected, finished

ADD = """
from chatsite.providers.models import Model
one = Model.objects.get(name="test-model")
Model.objects.get_or_create(provider=one.provider, name="test-model-2")
print("added")
"""
WITHDRAW = """
from chatsite.providers.models import Model
Model.objects.filter(name="test-model-2").delete()
print("withdrawn")
"""


@pytest.fixture
def tries(open_page, complaints):
    """The page “Try it” of a prompt with a live version and a draft."""

    def tries(**options):
        page = open_page("/admin/prompts/systemprompt/add/", **options)
        page.get_by_label("Name:").fill(f"Tried {time.time_ns()}")
        page.get_by_label("Text:").fill("You help customers.")
        page.get_by_role("button", name="Save and publish…").click()
        page.get_by_label("What changes for people, and why").fill("The first one")
        page.get_by_role("button", name="Publish v1").click()
        page.get_by_label("Text:").fill("You help everybody.")
        page.get_by_role("button", name="Save and try").click()
        return page

    yield tries
    complaints[:] = [each for each in complaints if DJANGOS_STYLES not in each]


@pytest.fixture
def second_model(site):
    site.shell(ADD)
    yield "test-model-2"
    site.shell(WITHDRAW)


def column(page, version: str, model="test-model"):
    return page.locator(f'.tried[data-version="{version}"][data-model="{model}"]')


def keeps_out(page) -> list[str]:
    """What keeps people out of the page, as axe finds it."""
    context = {"include": [["html"]], "exclude": [[DJANGOS]]}
    return [rule["id"] for rule in Axe().run(page, context=context).response["violations"]]


def try_it(page):
    page.get_by_role("button", name="Try", exact=True).click()


def test_a_draft_is_tried_on_a_typed_message_and_grows_beside_the_live_version(tries, upstream):
    page = tries(color_scheme="dark", viewport={"width": 390, "height": 844})
    expect(page.locator("output")).to_contain_text("2 answers")
    holds = [upstream.hold(), upstream.hold()]
    page.get_by_label("A person").fill("How do I return a parcel?")
    try_it(page)
    for hold in holds:
        hold.send("Put it **into its box**")
    expect(page.locator(".tried strong")).to_have_count(2)
    expect(column(page, "v1")).to_have_attribute("aria-busy", "true")
    for hold in holds:
        hold.send(", please.")
        hold.finish()
    expect(page.locator(".tried-facts")).to_have_count(2)
    expect(column(page, "v2").locator(".prose")).to_have_text("Put it into its box, please.")
    expect(page.get_by_role("button", name="Stop all")).to_be_hidden()
    column(page, "v2").get_by_role("button", name="is better").click()
    expect(page.locator(".try-pairs")).to_contain_text("v2 before v1: 1 of 1")
    expect(column(page, "v2").get_by_role("button", name="is better")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_two_models_stand_side_by_side_and_one_and_then_all_are_stopped(tries, second_model, upstream):
    page = tries()
    for _ in range(4):
        upstream.hang("Once upon")
    page.get_by_label("A person").fill("Tell me a story.")
    page.locator("[name=models]").nth(1).select_option(second_model)
    expect(page.locator("output")).to_contain_text("4 answers, price unknown")
    try_it(page)
    expect(page.locator(".tried", has_text="Once upon")).to_have_count(4)
    column(page, "v1").get_by_role("button", name="Stop").click()
    expect(column(page, "v1")).to_contain_text("Stopped.")
    expect(page.locator(".tried[aria-busy]")).to_have_count(3)
    page.get_by_role("button", name="Stop all").click()
    expect(page.locator(".tried", has_text="Stopped.")).to_have_count(4)
    expect(page.locator(".tried", has_text="Once upon")).to_have_count(4)


def test_a_draft_is_tried_on_an_own_past_question_beside_the_answer_it_got_then(tries, open_page, upstream):
    chat = open_page()
    connected(chat)
    upstream.reply("The answer of then.")
    ask(chat, "What did I ask?")
    finished(chat)
    expect(answer(chat)).to_contain_text("The answer of then.")
    page = tries()
    page.get_by_label("A question of a past conversation").check()
    page.get_by_label("What did I ask?").check()
    try_it(page)
    expect(page.locator(".tried")).to_have_count(3)
    expect(page.locator(".tried").first).to_contain_text("The answer of then.")
    expect(page.locator(".tried-facts")).to_have_count(3)
    expect(page.locator(".try-asked")).to_contain_text("What did I ask?")


def test_a_provider_that_fails_says_so_in_its_column(tries, upstream):
    page = tries()
    upstream.reply(status=401)
    page.get_by_label("A person").fill("Hello?")
    try_it(page)
    expect(page.locator(".tried-error")).to_have_count(1)
    expect(page.locator(".tried-error")).not_to_be_empty()
    expect(page.locator(".tried-facts")).to_have_count(2)


def test_without_javascript_the_answers_are_there_after_a_reload(tries, upstream):
    page = tries(java_script_enabled=False)
    page.get_by_label("A person").fill("Hello?")
    page.get_by_role("button", name="Add a turn").click()
    expect(page.get_by_label("A person, then")).to_be_visible()
    page.get_by_label("The model").fill("Yes?")
    page.get_by_label("A person, then").fill("Goodbye.")
    page.get_by_role("button", name="Count again").click()
    expect(page.locator("output")).to_contain_text("2 answers")
    try_it(page)
    expect(page.locator(".tried-facts")).to_have_count(2)
