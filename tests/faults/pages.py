"""Pages in Chromium, for what only a browser shows: when it tries again, and what it shows in the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

from tests.harness.chromium import LAUNCH
from tests.harness.tab import Sent

HTML = "all => all.map(one => one.outerHTML)"
SHOWS = """words => document.querySelector('.message[data-role="assistant"]')?.innerText.includes(words)"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        yield browser
        await browser.close()


@asynccontextmanager
async def new_page(browser: Browser, url: str, cookie: str) -> AsyncIterator[Page]:
    """A page on a new conversation at this address, of the person whom the cookie signs in; it is connected."""
    name, _, value = cookie.partition("=")
    async with await browser.new_context(base_url=url) as context:
        await context.add_cookies([{"name": name, "value": value, "url": url}])
        page = await context.new_page()
        await page.goto("/")
        await page.locator("connection-status[data-connected]").wait_for(state="attached")
        yield page


async def ask(page: Page, text: str) -> Sent:
    """Send a message; returns it once its answer has begun."""
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.keyboard.press("Enter")
    await answer(page).wait_for(state="attached")
    uuid = await page.locator('.message[data-role="user"]').get_attribute("data-message")
    return Sent(uuid, text, page.url.rstrip("/").rpartition("/")[2])


def answer(page: Page):
    return page.locator('.message[data-role="assistant"]')


async def shows(page: Page, words: str) -> None:
    """Wait until the answer shows these words."""
    # Asked at each frame of the screen; a locator would ask twice a second.
    await page.wait_for_function(SHOWS, arg=words)


async def unlike_a_reload(page: Page) -> list[str]:
    """What is wrong with a page whose answer has ended: empty when a reload shows the very same."""
    await page.locator('.message[data-role="assistant"][data-status="complete"]').wait_for()
    live = await page.locator(".message:visible").evaluate_all(HTML)
    await page.reload()
    return (
        []
        if live == await page.locator(".message:visible").evaluate_all(HTML)
        else [": a tab is not as its reload"]
    )
