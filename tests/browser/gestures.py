"""Input events of a wheel, a finger and a pointer, and where the page scrolls to."""

import time
from itertools import accumulate

from tests.browser.steps import until

# Milliseconds between clicks that a browser counts as one double click.
DOUBLE_CLICK = 300


def wheel(page, *steps, every=16):
    """Turn the wheel over the messages by a number of pixels at each step."""
    devtools = page.context.new_cdp_session(page)
    for step in steps:
        where = {"x": 700, "y": 300, "deltaX": 0, "deltaY": step}
        devtools.send("Input.dispatchMouseEvent", {"type": "mouseWheel", **where})
        page.wait_for_timeout(every)


def double_click(page, button, gap):
    """Click twice, a number of milliseconds apart by the browser's clock, however long the machine takes for it."""
    now = time.time()
    click_at(page, button, now)
    click_at(page, button, now + gap / 1000, count=2 if gap < DOUBLE_CLICK else 1)


def click_at(page, button, moment, count=1):
    """Click at a moment of the browser's clock. `count`: how many clicks the browser has counted."""
    devtools, box = page.context.new_cdp_session(page), button.bounding_box()
    where = {"x": box["x"] + 9, "y": box["y"] + 9, "button": "left"}
    for kind in ("mousePressed", "mouseReleased"):
        press = {"type": kind, "clickCount": count, "timestamp": moment, **where}
        devtools.send("Input.dispatchMouseEvent", press)


def double_tap(page, button, gap):
    """Tap twice on the same place, a number of milliseconds apart by the browser's clock."""
    devtools, box, now = page.context.new_cdp_session(page), button.bounding_box(), time.time()
    place = {"x": box["x"] + 20, "y": box["y"] + 20}
    for moment in (now, now + gap / 1000):
        for kind, points in (("touchStart", [place]), ("touchEnd", [])):
            tap = {"type": kind, "touchPoints": points, "timestamp": moment}
            devtools.send("Input.dispatchTouchEvent", tap)


def swipe(page, *steps, every=16):
    """Move a finger down the page by a number of pixels at each step."""
    devtools = page.context.new_cdp_session(page)
    for at in accumulate(steps, initial=200):
        kind = "touchMove" if at != 200 else "touchStart"
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": 200, "y": at}]})
        page.wait_for_timeout(every)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def distance(page):
    """Return the pixels from the bottom of the view to the end of the page."""
    return page.evaluate(
        "document.documentElement.scrollHeight - document.documentElement.clientHeight - scrollY"
    )


def settled_position(page):
    """Wait until the page has stopped scrolling, and return its position."""
    places = []

    def is_at_rest():
        places.append(page.evaluate("scrollY"))
        return len(places) > 10 and len(set(places[-10:])) == 1

    until(page, is_at_rest, "The page does not stop scrolling.")
    return places[-1]


def reaches_the_end(page):
    until(page, lambda: distance(page) <= 1, "The end of the page is not in view.")


def stays(page, add_line):
    """Whether the page stays where it is while an answer grows by `add_line()`."""
    place = settled_position(page)
    for _ in range(5):
        add_line()
        page.wait_for_timeout(120)
    return page.evaluate("scrollY") == place


def follows(page, add_line):
    """Wait until the end of the page is in view, after each of several lines."""
    for _ in range(5):
        add_line()
        reaches_the_end(page)
