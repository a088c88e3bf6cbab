"""How soon a page shows what it missed while its network was away."""

import asyncio
import random
import time

from playwright.async_api import Browser

from tests.faults.checker import complaints
from tests.faults.pages import ask, new_page, shows, unlike_a_reload
from tests.faults.proxy import Proxy
from tests.faults.scripts import prose
from tests.harness.site import Site
from tests.upstream import UpstreamThread

# Seconds that the network is away.
AWAY = (0.5, 2.5)


async def catch_up(
    browser: Browser, site: Site, upstream: UpstreamThread, seed: int, is_local: bool
) -> tuple[float, list[str]]:
    """Seconds from the network's return until all that was missed is shown, and what is wrong then.

    is_local: whether the machine's own network fails, which the browser reports. A failure further away is only noticed
    by trying to connect.
    """
    rng = random.Random(seed)
    hold = upstream.hold()
    async with Proxy(site.port) as proxy, new_page(browser, proxy.url, site.cookie) as page:
        sent = await ask(page, f"Catch up {seed} {is_local}")
        hold.send("Before.\n\n")
        await shows(page, "Before.")
        await page.context.set_offline(is_local)
        proxy.refuses = True
        proxy.reset()
        hold.send(f"{prose(rng, 2000)}\n\nAll is there.")
        await asyncio.sleep(rng.uniform(*AWAY))
        proxy.refuses = False
        begin = time.monotonic()
        await page.context.set_offline(False)
        await shows(page, "All is there.")
        took = time.monotonic() - begin
        hold.finish()
        wrong = await unlike_a_reload(page)
    return took, wrong + await complaints(site, upstream, sent)
