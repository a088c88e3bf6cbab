"""Cases of a prompt as an admin uses them: made, run, compared, and named on the page that publishes a version."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DEVICES, DJANGOS, DJANGOS_STYLES, check

LIST = "/admin/prompts/systemprompt/"


def publish(page) -> None:
    page.get_by_label("What changes for people, and why").fill("As discussed")
    page.get_by_role("button", name=re.compile("^Publish v")).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


@pytest.fixture
def prompt(open_page):
    """Opens the page of a prompt with a live version and a draft."""

    def prompt(**options):
        page = open_page(f"{LIST}add/", **options)
        page.get_by_label("Name:").fill(f"Prompt {time.time_ns()}")
        page.get_by_label("Text:").fill("You help customers.")
        page.get_by_role("button", name="Save and publish…").click()
        publish(page)
        page.get_by_label("Text:").fill("Answer in JSON.")
        page.get_by_role("button", name="Save draft").click()
        return page

    return prompt


def tab(page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def made(page) -> None:
    """Make two cases: one that passes always, and one that passes where “30 days” are named."""
    tab(page, "Cases")
    tab(page, "Add a case")
    page.get_by_label("Name:").fill("Greeting")
    page.get_by_label("The person says:").fill("Hello!")
    page.get_by_label("An answer:").select_option(label="ends by itself, not cut by length")
    page.get_by_role("button", name="Save", exact=True).click()
    tab(page, "Add a case")
    page.get_by_label("Name:").fill("Refund")
    page.get_by_label("The person says:").fill("Refund?")
    page.get_by_role("button", name="One more turn").click()
    page.get_by_label("An answer:").select_option(label="matches the regular expression")
    page.get_by_label("Text:").fill("(30 days")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist")).to_contain_text("Python cannot read it: missing )")
    page.get_by_label("Text:").fill("(30|thirty) days")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".prompt-table tbody tr")).to_have_count(2)


def answer(request, hold) -> None:
    """The draft forgets the days."""
    prompt, question = (request.json["messages"][index]["content"] for index in (0, -1))
    hold.send("Yes." if "JSON" in prompt else f"{question} Within 30 days.")
    hold.finish()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_admin_makes_cases_runs_them_sees_the_changed_one_first_and_finds_it_on_the_publish_page(
    javascript, prompt, upstream
):
    page = prompt(java_script_enabled=javascript)
    main = page.get_by_role("main")
    made(page)
    tab(page, "Run all cases…")
    expect(main).to_contain_text("4 answers, price unknown")
    before, holds = len(upstream.requests), [upstream.hold() for _ in range(4)]
    page.get_by_role("button", name="Run all cases").click()
    expect(main).to_contain_text("0 of 4 answers have ended.")
    expect(page.get_by_role("button", name="Stop all")).to_be_visible()
    upstream.requested(before + 4)
    for request, hold in zip(upstream.requests[before:], holds, strict=True):
        answer(request, hold)
    expect(main).to_contain_text("All 4 answers have ended. 1 case differs from live.", timeout=20_000)
    expect(page.get_by_role("button", name="Stop all")).to_have_count(0)
    first = page.locator(".case-table tbody tr").first
    expect(first).to_contain_text("Refund")
    expect(first).to_contain_text("does not pass any more")
    tab(page, "Publish v2…")
    expect(page.locator(".prompt-effects")).to_contain_text(
        "1 differs from live: Refund (does not pass any more)."
    )
    tab(page, "See the answers")
    first.get_by_role("link").last.click()
    expect(page.locator(".tried")).to_have_count(2)
    expect(page.locator(".tried").last).to_contain_text("It does not match “(30|thirty) days”.")


def test_stop_all_ends_a_run(prompt, upstream):
    page = prompt()
    made(page)
    tab(page, "Run all cases…")
    for _ in range(4):
        upstream.hold()
    page.get_by_role("button", name="Run all cases").click()
    page.get_by_role("button", name="Stop all").click()
    expect(page.get_by_role("main")).to_contain_text("All 4 answers have ended.", timeout=20_000)
    expect(page.locator(".case-table")).to_contain_text("Stopped")


@pytest.mark.parametrize("options", DEVICES)
def test_nothing_keeps_people_out_of_the_pages_of_cases(options, prompt, complaints):
    page = prompt(**options)
    made(page)
    seen(page, "cases")
    tab(page, "Run all cases…")
    seen(page, "before a run")
    page.get_by_role("button", name="Run all cases").click()
    expect(page.get_by_role("main")).to_contain_text("All 4 answers have ended.", timeout=20_000)
    seen(page, "a run")
    page.locator(".case-table td a").first.click()
    seen(page, "answers")
    assert [each for each in complaints if DJANGOS_STYLES not in each] == []
    complaints.clear()


def seen(page, state: str) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{state}: {width} pixels wide"
    check(page, state, DJANGOS)
