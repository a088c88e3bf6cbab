"""System prompts as an admin manages them: drafts, two editors, publishing, a second person. The admin's pages need no
JavaScript; the chat's pages show what people see of it."""

import re
import time
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.steps import PATIENCE, answer, ask, body, connected, finished

LIST = "/admin/prompts/systemprompt/"


@pytest.fixture
def admin(open_page):
    """The admin's page of a prompt that everybody may use, published once."""
    page = open_page(f"{LIST}add/", java_script_enabled=False)
    page.name = f"Prompt {time.time_ns()}"
    page.get_by_label("Name:").fill(page.name)
    page.get_by_label("Text:").fill("You help customers.")
    page.get_by_role("button", name="Save and publish…").click()
    publish(page, 1)
    return page


@pytest.fixture
def colleague(chromium, site, people):
    """A page of another admin, at an address."""
    contexts = []

    def colleague(url):
        name, _, value = next(people).partition("=")
        contexts.append(chromium.new_context(base_url=site.url, java_script_enabled=False))
        contexts[-1].set_default_timeout(PATIENCE)
        contexts[-1].add_cookies([{"name": name, "value": value, "url": site.url}])
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield colleague
    for context in contexts:
        context.close()


@pytest.fixture
def chat(open_page):
    """A new conversation with a prompt."""

    def chat(name):
        page = open_page()
        connected(page)
        page.locator("[name=prompt]").select_option(name)
        return page

    return chat


def publish(page, number: int, note="As discussed", button="Publish"):
    page.get_by_label("What changes for people, and why").fill(note)
    page.get_by_role("button", name=re.compile(f"^{button}.* v{number}$")).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def save(page, text: str, button="Save draft"):
    page.get_by_label("Text:").fill(text)
    page.get_by_role("button", name=button).click()


def tab(page, name: str):
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def instructions(upstream) -> str:
    """The system prompt that the model received at the last request."""
    return upstream.requests[-1].json["messages"][0]["content"]


def again(page, text: str) -> None:
    ask(page, text)
    expect(page.locator('.message[data-role="user"]:visible').last).to_contain_text(text)
    finished(page)


def test_saving_changes_no_answer_and_publishing_changes_those_of_new_conversations(admin, chat, upstream):
    running = chat(admin.name)
    again(running, "One")
    assert instructions(upstream) == "You help customers."
    save(admin, "You help everybody.")
    expect(admin.locator(".messagelist")).to_contain_text("Nobody gets it before it is published.")
    again(running, "Two")
    assert instructions(upstream) == "You help customers."
    save(admin, "You help everybody.", "Save and publish…")
    expect(admin.locator("ins", has_text="everybody")).to_be_visible()
    expect(admin.locator(".prompt-effects")).to_contain_text("everyone")
    publish(admin, 2)
    again(running, "Three")
    assert instructions(upstream) == "You help customers."
    fresh = chat(admin.name)
    expect(fresh.locator("[data-prompt-in-force]")).to_have_text(f"{admin.name} · v2")
    again(fresh, "Four")
    assert instructions(upstream) == "You help everybody."
    answer(fresh).locator("summary").last.click()
    expect(answer(fresh).locator(".facts")).to_contain_text(re.compile(r"v2, published \d+ \w+ 20\d\d"))


def test_of_two_editors_who_save_the_second_one_sees_both_texts_and_loses_none(admin, colleague):
    other = colleague(admin.url)
    save(other, "You help customers. Be brief.")
    save(admin, "You help customers in German.")
    expect(admin.locator(".errorlist")).to_contain_text("saved v2 while you wrote. Nothing is lost")
    expect(admin.locator("#merge del")).to_have_count(1)
    expect(admin.get_by_label("Text:")).to_have_value("You help customers in German.")
    save(admin, "You help customers in German. Be brief.")
    expect(admin.locator(".messagelist")).to_contain_text("v3")
    tab(admin, "Versions")
    expect(admin.locator(".prompt-table tbody tr").first).to_contain_text("v3")
    admin.get_by_text("1 draft that was never published").click()
    expect(admin.locator(".prompt-table tbody tr")).to_have_count(3)


def test_an_unknown_variable_is_refused_with_the_nearest_known_one_and_nothing_is_lost(admin):
    save(admin, "You help {{ user.nmae }}.")
    expect(admin.locator(".errorlist")).to_contain_text(
        "There is no variable user.nmae. Did you mean user.name?"
    )
    expect(admin.get_by_label("Text:")).to_have_value("You help {{ user.nmae }}.")
    admin.get_by_label("Text:").fill("You help {{ user.name }} today, {{ weekday }}.")
    admin.get_by_role("button", name="Show how it reads").click()
    expect(admin.locator(".prompt-reading")).to_contain_text(
        re.compile(r"You help [0-9a-f]+ today, \w+day\.")
    )
    save(admin, "You help {{ user.name }}.")
    expect(admin.locator(".messagelist .success")).to_be_visible()


def test_a_release_at_a_time_comes_into_force_by_itself(admin, chat, upstream):
    save(admin, "You help everybody.", "Save and publish…")
    due = datetime.now().astimezone().replace(microsecond=0) + timedelta(seconds=4)
    admin.get_by_label("Later", exact=True).check()
    admin.get_by_label("Later, at").fill(f"{due:%Y-%m-%dT%H:%M:%S}")
    publish(admin, 2)
    expect(admin.locator(".prompt-release-state")).to_contain_text("Planned: v2")
    again(chat(admin.name), "Before")
    before = instructions(upstream)
    assert before == "You help customers." or datetime.now().astimezone() >= due
    while datetime.now().astimezone() < due + timedelta(seconds=0.1):
        admin.wait_for_timeout(100)
    again(chat(admin.name), "After")
    assert instructions(upstream) == "You help everybody."


def test_an_answer_that_streams_while_its_version_is_rolled_back_keeps_it_and_the_next_one_says_so(
    admin, chat, upstream
):
    save(admin, "You help nobody.", "Save and publish…")
    publish(admin, 2)
    page = chat(admin.name)
    hold = upstream.hold()
    ask(page, "While it streams")
    hold.send("Begun. ")
    expect(body(page)).to_contain_text("Begun.")
    tab(admin, "Versions")
    admin.get_by_role("link", name="Roll back to this…").click()
    expect(admin.get_by_label("Running conversations get it, too")).to_be_checked()
    publish(admin, 1, "v2 helps nobody", "Roll back")
    hold.send("Ended.")
    hold.finish()
    finished(page)
    answer(page).locator("summary").last.click()
    expect(answer(page).locator(".facts")).to_contain_text("· v2")
    again(page, "And now")
    assert instructions(upstream) == "You help customers."
    expect(answer(page)).to_contain_text("The system prompt changed (v2 → v1).")
    page.reload()
    expect(answer(page)).to_contain_text("The system prompt changed (v2 → v1).")


def test_a_trial_is_begun_grown_and_stopped(admin):
    save(admin, "You help everybody.", "Save and publish…")
    admin.get_by_label("A share of new conversations, as a trial").check()
    admin.get_by_label("Share, in percent").fill("101")
    admin.get_by_label("What changes for people, and why").fill("A try")
    admin.get_by_role("button", name="Publish v2").click()
    expect(admin.locator(".errorlist")).to_have_text(
        "A share is from 1 to 99 %. For everybody, choose all new conversations."
    )
    admin.get_by_label("Share, in percent").fill("20")
    publish(admin, 2)
    expect(admin.locator(".prompt-release-state")).to_contain_text(
        "On trial: v2 for 20 % of new conversations."
    )
    admin.get_by_role("link", name="To 50 %…").click()
    expect(admin.get_by_label("Share, in percent")).to_have_value("50")
    publish(admin, 2)
    admin.get_by_role("link", name="Stop the trial…").click()
    admin.get_by_label("Why").fill("It is no better")
    admin.get_by_role("button", name="Stop the trial").click()
    expect(admin.locator(".messagelist")).to_contain_text("The trial of v2 has ended.")
    expect(admin.locator(".prompt-release-state")).not_to_contain_text("On trial")


def test_a_second_person_approves_what_another_one_wrote(admin, colleague):
    admin.get_by_text("Settings").click()
    admin.get_by_label("Needs a second person").check()
    save(admin, "You help everybody.", "Save and publish…")
    admin.get_by_label("What changes for people, and why").fill("Wider")
    admin.get_by_role("button", name="Ask for approval").click()
    expect(admin.get_by_text("another person has to answer")).to_be_visible()
    expect(admin.get_by_role("button", name="Approve and publish")).to_have_count(0)
    other = colleague(admin.url)
    other.get_by_role("button", name="Send back").click()
    expect(other.locator(".errorlist")).to_have_text("Say why. It stays in the history.")
    other.get_by_role("button", name="Approve and publish").click()
    expect(other.locator(".messagelist")).to_contain_text("Published v2")
    expect(other.locator(".prompt-release-state")).to_contain_text("Live: v2")


def test_a_deleted_author_leaves_the_history_whole(admin, site):
    author = admin.locator("#user-tools strong").inner_text().lower()
    tab(admin, "Releases")
    at = admin.url
    expect(admin.locator(".prompt-table tbody tr")).to_contain_text(author)
    script = "from django.contrib.auth.models import User; print(User.objects.get(username='{}').delete()[0])"
    site.shell(script.format(author))
    site.people(1, is_staff=True, is_superuser=True)
    name, _, value = site.cookies[-1].partition("=")
    admin.context.add_cookies([{"name": name, "value": value, "url": site.url}])
    admin.goto(at)
    expect(admin.locator(".prompt-table tbody tr")).to_contain_text(author)
    tab(admin, "Versions")
    expect(admin.locator(".prompt-table tbody tr")).to_contain_text(author)


def test_a_prompt_is_archived_with_a_page_that_says_what_it_means(admin, chat):
    running = chat(admin.name)
    again(running, "One")
    admin.get_by_role("link", name="Archive…").click()
    expect(admin.get_by_role("main")).to_contain_text("1 conversation used it this week")
    admin.get_by_label("Why").fill("It is old")
    admin.get_by_role("button", name="Archive").click()
    expect(admin.locator(".messagelist")).to_contain_text("is archived. All versions are kept.")
    running.reload()
    expect(running.locator("[data-notice]")).to_contain_text("is not offered any more")
