"""What a person does on the pages of imports."""

import re

from playwright.sync_api import expect

REPORT = re.compile(r"/conversations/import/[0-9a-f-]{36}/$")
# Milliseconds. A process begins for each import.
IMPORTED = 60_000


def upload(page, file):
    page.goto("/conversations/import/")
    page.get_by_label("File, at most").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page).to_have_url(REPORT, timeout=IMPORTED)


def done(page):
    expect(page.get_by_text("The import is complete")).to_be_visible(timeout=IMPORTED)
