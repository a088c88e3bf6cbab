"""Choosing who answers."""

from playwright.sync_api import expect

from tests.browser.steps import ask, field, finished


def test_a_conversation_whose_model_is_gone_waits_until_another_one_is_chosen(page, site, upstream):
    """The page says so when it is loaded, and nothing goes anywhere before the choice."""
    names = [site.database.add_provider(name, upstream.base_url) for name in ("Cellar", "Cloud")]
    page.reload()
    page.locator("[name=model]").select_option(names[0])
    ask(page, "Something private")
    finished(page)
    site.database.write("UPDATE providers_provider SET enabled = 0 WHERE name = 'Cellar'")
    page.reload()
    expect(page.get_by_text("The model “Cellar” is not offered any more.")).to_be_visible()
    expect(page.locator("[name=model]")).to_have_value("")
    asked = len(upstream.requests)
    ask(page, "More of it")
    expect(field(page)).to_have_value("More of it")
    expect(page.locator("[name=model]")).to_be_focused()
    page.get_by_role("button", name="Regenerate").click()
    expect(page.locator("[data-notice]")).to_contain_text("not offered any more. Choose another one.")
    expect(page.locator("[name=model]")).to_be_focused()
    assert len(upstream.requests) == asked
    page.locator("[name=model]").select_option("Cloud")
    field(page).press("Enter")
    assert upstream.requested(asked + 1).json["model"] == "Cloud"
    site.database.write("UPDATE providers_provider SET enabled = 0 WHERE name = 'Cloud'")
