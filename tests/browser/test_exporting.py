"""Exporting: one conversation or all, as a file that needs nothing else; without JavaScript."""

import json
import zipfile

from playwright.sync_api import expect

from tests.browser.imports import done, upload
from tests.browser.steps import ask, finished, sidebar

HOSTILE = (
    "<script>document.title='run'</script>\n\n<img src=x onerror=alert(1)> ![x](https://evil.example/x.png)"
)


def download(page, button: str, form: str = ""):
    """The path of the file that the page's form sends."""
    if form:
        page.get_by_role("radio", name=form).check()
    with page.expect_download() as downloading:
        page.get_by_role("button", name=button).click()
    return downloading.value


def test_the_sidebar_works_beside_the_export(page):
    ask(page, "Otters beside a file")
    finished(page)
    page.goto("/conversations/export/")
    row = sidebar(page).locator("[data-conversation]").first
    row.hover()
    row.get_by_role("button", name="More:").click()
    page.locator("#row-menu").get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_text("“Otters beside a file” was pinned.")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox", name="Search titles")).to_be_focused()


def test_a_single_conversation_is_a_page_that_opens_from_disk(page, chromium, upstream, tmp_path):
    upstream.reply(f"Fine. {HOSTILE}\n\n```python\nprint(1)\n```")
    ask(page, f"Please look: {HOSTILE}")
    finished(page)
    page.goto(page.url + "export/")
    file = download(page, "Download", "HTML")
    assert file.suggested_filename.endswith(".html")
    path = tmp_path / "one.html"
    file.save_as(path)
    with chromium.new_context() as context:
        opened = context.new_page()
        asked = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(path.as_uri())
        expect(opened.get_by_text("Fine.")).to_be_visible()
        assert opened.title().startswith("Please look")
        expect(opened.get_by_text("print")).to_be_visible()
        expect(opened.get_by_role("button")).to_have_count(0)
        assert opened.locator("script, img").count() == 0
        assert asked == [path.as_uri()]


def test_what_was_exported_as_json_comes_back_as_nothing_new(page, tmp_path):
    ask(page, "Take this along")
    finished(page)
    page.goto("/conversations/export/")
    file = download(page, "Download all")
    path = tmp_path / file.suggested_filename
    file.save_as(path)
    (conversation,) = json.loads(path.read_text())["conversations"]
    assert conversation["messages"][0]["text"] == "Take this along"
    upload(page, path)
    done(page)
    expect(page.get_by_text("Everything in the file was here already")).to_be_visible()


def test_all_conversations_come_as_a_zip_of_pages_without_javascript(open_page, page, tmp_path):
    for text in ("The first one", "The second one"):
        page.goto("/")
        ask(page, text)
        finished(page)
    plain = open_page("/conversations/export/", java_script_enabled=False)
    file = download(plain, "Download all", "Markdown")
    file.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert sorted("The first one" in text for text in texts) == [False, True]


def test_the_selected_conversations_come_and_stay_selected(page):
    for text in ("The first one", "The second one", "The third one"):
        page.goto("/")
        ask(page, text)
        finished(page)
    page.goto("/conversations/")
    for text in ("The first one", "The third one"):
        page.get_by_role("checkbox", name=text).check()
    bar = page.locator("#selection")
    with page.expect_download() as downloading:
        bar.get_by_role("button", name="Export").click()
    stored = json.loads(downloading.value.path().read_text())
    assert {each["title"] for each in stored["conversations"]} == {"The first one", "The third one"}
    expect(bar.get_by_text("2 selected")).to_be_visible()
    bar.get_by_label("Format").select_option("Markdown")
    with page.expect_download() as downloading:
        bar.get_by_role("button", name="Export").click()
    assert downloading.value.suggested_filename.endswith(".zip")
