"""Finding a message from any page, and opening it in its conversation."""

from playwright.sync_api import expect

from tests.browser.steps import ask, finished


def test_a_search_from_the_list_opens_the_message_which_is_marked(page, upstream):
    upstream.reply("The first answer tells of badgers.")
    ask(page, "Tell me about animals")
    finished(page)
    upstream.reply("The second answer is longer. " * 300)
    page.get_by_role("button", name="Regenerate").click()
    expect(page.get_by_text("2/2")).to_be_visible()
    finished(page)
    page.keyboard.press("Control+k")
    page.keyboard.type('"tells of badg"*')
    page.keyboard.press("Enter")
    hit = page.locator("[data-message]").first
    expect(hit.locator("mark")).to_have_text("tells of badgers")
    hit.get_by_role("link").click()
    target = page.locator(".message:target")
    expect(target).to_contain_text("The first answer tells of badgers.")
    expect(target).to_be_in_viewport()
    expect(page.get_by_text("1/2")).to_be_visible()


def test_a_search_works_without_javascript(open_page, page):
    ask(page, "All about otters")
    finished(page)
    plain = open_page("/conversations/", java_script_enabled=False)
    plain.get_by_role("main").get_by_role("searchbox").fill("otters -badgers")
    plain.get_by_role("main").get_by_role("button", name="Search").click()
    plain.locator("[data-message]").first.get_by_role("link").click()
    expect(plain.locator(".message:target")).to_contain_text("All about otters")
