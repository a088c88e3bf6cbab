"""What people say of answers: by two buttons and a sentence, with and without scripts, by keyboard, on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.steps import answer, ask, connected, finished


@pytest.fixture
def chat(page):
    """The page of a conversation with one answer."""
    connected(page)
    ask(page, "What is basil?")
    finished(page)
    return page


def button(page, name: str):
    return answer(page).get_by_role("button", name=name)


def form(page):
    return page.get_by_role("dialog", name="What was")


def is_pressed(page, name: str, pressed: bool) -> None:
    expect(button(page, name)).to_have_attribute("aria-pressed", str(pressed).lower())


def test_an_answer_is_marked_as_bad_with_a_sentence_and_stays_so(chat):
    button(chat, "Bad answer").click()
    expect(form(chat).get_by_label("What was wrong?")).to_be_focused()
    chat.keyboard.type("Too long")
    chat.keyboard.press("Enter")
    expect(form(chat)).to_be_hidden()
    expect(button(chat, "Your note")).to_be_visible()
    chat.reload()
    is_pressed(chat, "Bad answer", True)
    is_pressed(chat, "Good answer", False)
    button(chat, "Your note").click()
    expect(form(chat).get_by_label("What was wrong?")).to_have_value("Too long")


def test_pressing_again_takes_it_back_and_pressing_the_other_changes_it(chat):
    button(chat, "Good answer").click()
    expect(form(chat).get_by_label("What was good?")).to_be_visible()
    chat.keyboard.press("Escape")
    expect(form(chat)).to_be_hidden()
    button(chat, "Bad answer").click()
    is_pressed(chat, "Good answer", False)
    chat.keyboard.press("Escape")
    button(chat, "Bad answer").click()
    is_pressed(chat, "Bad answer", False)
    expect(form(chat)).to_be_hidden()
    chat.reload()
    is_pressed(chat, "Bad answer", False)
    expect(button(chat, "Say why")).to_have_count(0)


def test_it_works_by_keyboard_and_the_focus_comes_back(chat):
    button(chat, "Bad answer").focus()
    chat.keyboard.press("Enter")
    expect(form(chat).get_by_label("What was wrong?")).to_be_focused()
    chat.keyboard.type("Wrong herb")
    chat.keyboard.press("Tab")
    chat.keyboard.press("Space")
    chat.keyboard.press("Tab")
    chat.keyboard.press("Enter")
    expect(button(chat, "Shared with editors")).to_be_visible()
    expect(button(chat, "Bad answer")).to_be_focused()


def test_what_was_typed_and_not_saved_is_there_again(chat):
    button(chat, "Bad answer").click()
    form(chat).get_by_label("What was wrong?").fill("Half a sen")
    chat.keyboard.press("Escape")
    button(chat, "Say why").click()
    expect(form(chat).get_by_label("What was wrong?")).to_have_value("Half a sen")


def test_without_a_connection_it_says_so_and_keeps_the_sentence(chat):
    button(chat, "Bad answer").click()
    form(chat).get_by_label("What was wrong?").fill("Too long")
    chat.context.set_offline(True)
    form(chat).get_by_role("button", name="Save").click()
    expect(form(chat).get_by_role("alert")).to_contain_text("could not be saved")
    chat.context.set_offline(False)
    form(chat).get_by_role("button", name="Save").click()
    expect(button(chat, "Your note")).to_be_visible()


def test_a_second_answer_streams_on_while_the_form_of_the_first_is_open(chat, upstream):
    hold = upstream.hold()
    ask(chat, "And thyme?")
    hold.send("A herb")
    expect(chat.get_by_text("A herb")).to_be_visible()
    first = chat.locator('.message[data-role="assistant"]').first
    first.get_by_role("button", name="Good answer").click()
    form(chat).get_by_label("What was good?").fill("Short")
    hold.send(" of the hills.")
    expect(chat.get_by_text("A herb of the hills.")).to_be_visible()
    hold.finish()
    finished(chat)
    expect(form(chat).get_by_label("What was good?")).to_have_value("Short")
    form(chat).get_by_role("button", name="Save").click()
    expect(first.get_by_role("button", name="Your note")).to_be_visible()


def test_without_scripts_the_buttons_lead_to_a_form(chat, open_page):
    plain = open_page(chat.url, java_script_enabled=False)
    button(plain, "Bad answer").click()
    plain.get_by_label("What was wrong?").fill("Too long")
    plain.get_by_label("Share this answer").check()
    plain.get_by_role("button", name="Save").click()
    is_pressed(plain, "Bad answer", True)
    button(plain, "Shared with editors").click()
    expect(plain.get_by_label("What was wrong?")).to_have_value("Too long")
    plain.get_by_role("link", name="Back to the answer").click()
    button(plain, "Bad answer").click()
    is_pressed(plain, "Bad answer", False)


def test_on_a_phone_the_form_fits_and_covers_no_more_than_it_must(chat, open_page):
    phone = open_page(chat.url, **PHONE)
    button(phone, "Good answer").tap()
    box = form(phone).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844 and box["height"] < 400
    form(phone).get_by_role("button", name="Close").tap()
    is_pressed(phone, "Good answer", True)


def test_on_a_phone_rating_moves_no_other_button(chat, open_page):
    phone = open_page(chat.url, **PHONE)
    details = answer(phone).get_by_text("Details", exact=True)
    before = details.bounding_box()
    button(phone, "Good answer").tap()
    form(phone).get_by_role("button", name="Close").tap()
    expect(button(phone, "Say why")).to_be_visible()
    assert details.bounding_box() == before
    assert button(phone, "Say why").bounding_box()["y"] == before["y"]


def test_on_a_phone_the_link_to_an_answer_is_below_its_details(chat, open_page):
    phone = open_page(chat.url, **PHONE)
    link = answer(phone).get_by_role("link", name="Link")
    expect(link).to_be_hidden()
    answer(phone).get_by_text("Details", exact=True).tap()
    assert link.bounding_box()["y"] > answer(phone).get_by_text("Tokens written").bounding_box()["y"]


def test_a_temporary_conversation_has_the_buttons_and_shares_nothing(open_page):
    page = open_page("/?temporary=1")
    connected(page)
    ask(page, "What is basil?")
    finished(page)
    button(page, "Bad answer").click()
    expect(form(page).get_by_label("What was wrong?")).to_be_visible()
    expect(form(page).get_by_label("Share this answer")).to_have_count(0)


def test_an_editor_reads_what_was_shared_and_comes_from_details_to_the_answer(chat, open_page):
    button(chat, "Bad answer").click()
    form(chat).get_by_label("What was wrong?").fill("No word of its taste")
    form(chat).get_by_label("Share this answer").check()
    form(chat).get_by_role("button", name="Save").click()
    expect(button(chat, "Shared with editors")).to_be_visible()
    editor = open_page("/admin/conversations/sharedanswer/", java_script_enabled=False)
    row = editor.get_by_role("row").filter(has_text="No word of its taste").first
    row.get_by_role("link").first.click()
    expect(editor.get_by_text("What is basil?")).to_be_visible()
    expect(editor.get_by_text("No word of its taste")).to_be_visible()
    answer(chat).get_by_text("Details").click()
    with chat.context.expect_page() as opened:
        answer(chat).get_by_role("link", name="All that it was written from").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="What it was written from")).to_be_visible()


def test_details_show_only_staff_what_leads_to_the_admin(chat, site):
    message = answer(chat).get_attribute("data-message")
    site.shell(
        "from chatsite.conversations.models import Completion; from chatsite.prompts.models import SystemPrompt; "
        "prompt = SystemPrompt.objects.create(name='Herbs', enabled=False); version = prompt.draft('Be kind.'); "
        f"Completion.objects.filter(message__uuid='{message}').update(prompt_version=version); print('done')"
    )
    chat.reload()
    answer(chat).get_by_text("Details").click()
    links = [answer(chat).get_by_role("link", name=name) for name in ("Open this version", "All that it was")]
    for link in links:
        expect(link).to_be_visible()
    chat.eval_on_selector("chat-conversation", "page => page.removeAttribute('data-sees')")
    for link in links:
        expect(link).to_be_hidden()
    expect(answer(chat).get_by_text("Herbs · v1")).to_be_visible()


def test_tab_leads_from_the_form_on_to_what_follows_the_answer_s_buttons(chat):
    button(chat, "Bad answer").click()
    form(chat).get_by_role("button", name="Close").focus()
    chat.keyboard.press("Tab")
    expect(form(chat)).to_be_hidden()
    expect(answer(chat).locator(".actions :focus")).to_be_visible()
