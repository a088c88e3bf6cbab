"""What a reader does with a wheel, a finger, the keys and the pointer, as the browser is given it."""

import time
from itertools import accumulate

# Milliseconds between clicks that a browser counts as one double click.
DOUBLE_CLICK = 300


def wheel(page, *steps, every=16):
    """Turn the wheel over the messages by so many pixels at each step."""
    devtools = page.context.new_cdp_session(page)
    for step in steps:
        where = {"x": 700, "y": 300, "deltaX": 0, "deltaY": step}
        devtools.send("Input.dispatchMouseEvent", {"type": "mouseWheel", **where})
        page.wait_for_timeout(every)


def double_click(page, button, gap):
    """Click twice, so many milliseconds apart by the browser's clock, however long the machine takes for it."""
    devtools, box, now = page.context.new_cdp_session(page), button.bounding_box(), time.time()
    where = {"x": box["x"] + 9, "y": box["y"] + 9, "button": "left"}
    for count in (1, 2):
        press = {
            "clickCount": count if gap < DOUBLE_CLICK else 1,
            "timestamp": now + (count - 1) * gap / 1000,
        }
        for kind in ("mousePressed", "mouseReleased"):
            devtools.send("Input.dispatchMouseEvent", {"type": kind, **where, **press})


def swipe(page, *steps, every=16):
    """Draw a finger down the page by so many pixels at each step."""
    devtools = page.context.new_cdp_session(page)
    for at in accumulate(steps, initial=200):
        kind = "touchMove" if at != 200 else "touchStart"
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": 200, "y": at}]})
        page.wait_for_timeout(every)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def distance(page):
    """Pixels from what is seen to the end of the page."""
    return page.evaluate(
        "document.documentElement.scrollHeight - document.documentElement.clientHeight - scrollY"
    )


def stays(page, grow):
    """Whether the page stays where it is while an answer grows by `grow()`."""
    place = page.evaluate("scrollY")
    for _ in range(5):
        grow()
        page.wait_for_timeout(120)
    return page.evaluate("scrollY") == place


def follows(page, grow):
    """Whether the end of the page stays in view."""
    gaps = []
    for _ in range(5):
        grow()
        page.wait_for_timeout(200)
        gaps.append(distance(page))
    return max(gaps) <= 1
