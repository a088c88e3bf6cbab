"""Importing a file: upload, progress, report; continued after the site was stopped; without JavaScript."""

import json

from playwright.sync_api import expect

from tests.browser.imports import IMPORTED, done, upload
from tests.harness.people import sign_in
from tests.harness.site import Site
from tests.history.exchange.test_samples import SAMPLES
from tests.history.exchange.test_writer import chat


def count(page, name: str):
    return page.locator(".counts div").filter(has_text=name).locator("dd")


def large(tmp_path, conversations: int):
    """A file that takes some seconds to import."""
    path = tmp_path / "conversations.json"
    path.write_text(
        json.dumps([chat(f"Talk {number}", *["words " * 50] * 20) for number in range(conversations)])
    )
    return path


def test_an_uploaded_file_becomes_conversations_and_a_report(page):
    upload(page, SAMPLES / "chatgpt_ordinary.json")
    done(page)
    expect(page.get_by_text("The conversations are from ChatGPT")).to_be_visible()
    assert int(count(page, "New conversations").inner_text()) > 0
    page.reload()
    done(page)
    page.locator(".rows a").first.click()
    expect(page.locator(".message").first).to_be_visible()


def test_the_same_file_again_says_that_it_is_here_already(page):
    for _ in range(2):
        upload(page, SAMPLES / "claude_ordinary.json")
        done(page)
    expect(page.get_by_text("Everything in the file was here already")).to_be_visible()
    expect(count(page, "New messages")).to_have_text("0")
    page.goto("/conversations/import/")
    expect(page.locator(".rows li").first).to_contain_text("nothing new")


def test_a_file_that_is_no_export_says_why(page):
    upload(page, SAMPLES / "not_json.json")
    expect(page.get_by_text("Nothing was imported.")).to_be_visible(timeout=IMPORTED)
    expect(page.get_by_text("The file is not JSON")).to_be_visible()


def test_an_empty_file_is_refused_beside_the_field(page, complaints, tmp_path):
    path = tmp_path / "empty.json"
    path.touch()
    page.goto("/conversations/import/")
    page.get_by_label("File, at most").set_input_files(path)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("The file is empty.")
    complaints.clear()


def test_words_in_a_file_do_nothing_on_its_report(page, tmp_path):
    path = tmp_path / "<img src=x onerror=alert(1)>.json"
    path.write_text(json.dumps([chat("<script>alert(1)</script>", "<img src=x>", "Fine.")]))
    upload(page, path)
    done(page)
    expect(page.locator(".rows a").first).to_have_text("<script>alert(1)</script>")
    assert page.locator("main :is(img, script)").count() == 0


def test_progress_survives_a_reload_and_an_open_page_becomes_the_report(page, tmp_path):
    upload(page, large(tmp_path, 100))
    page.reload()
    done(page)
    expect(count(page, "New conversations")).to_have_text("100")
    expect(count(page, "New messages")).to_have_text("2000")


def test_the_whole_way_works_without_javascript(open_page):
    page = open_page("/conversations/import/", java_script_enabled=False)
    upload(page, SAMPLES / "librechat_ordinary.json")
    done(page)
    expect(page.get_by_text("The conversations are from LibreChat")).to_be_visible()


def test_an_import_that_waits_keeps_the_focus_of_its_button(page, site):
    upload(page, SAMPLES / "claude_ordinary.json")
    done(page)
    uuid = page.url.split("/")[-2].replace("-", "")
    # Its file is on no machine that could take it.
    site.database.write("UPDATE history_import SET state = 'waiting' WHERE uuid = ?", uuid)
    page.reload()
    discard = page.get_by_role("button", name="Discard the rest")
    discard.focus()
    site.database.write("UPDATE history_import SET name = 'renamed.json' WHERE uuid = ?", uuid)
    expect(page.get_by_role("heading", name="renamed.json")).to_be_visible()
    expect(discard).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The rest was discarded.")).to_be_visible()


def test_an_import_is_continued_after_the_site_was_stopped(chromium, tmp_path, upstream):
    with Site(tmp_path / "home", upstream.base_url) as site:
        name, _, value = sign_in(site).partition("=")
        with chromium.new_context(base_url=site.url) as context:
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
            page = context.new_page()
            upload(page, large(tmp_path, 400))
            expect(count(page, "New messages")).not_to_have_text("0", timeout=IMPORTED)
            site.end()
            site.start()
            page.reload()
            expect(page.get_by_text("The site was stopped before the end")).to_be_visible()
            page.get_by_role("button", name="Continue").click()
            done(page)
            expect(count(page, "New conversations")).to_have_text("400")
