"""What axe-core finds on a page, in both themes, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
DEVICES = [
    pytest.param({"viewport": {"width": width, "height": 844}}, id=str(width)) for width in (1280, 390)
]
# What is looked at in each theme: in the second one only what differs.
THEMES = {"dark": {"runOnly": ["color-contrast"]}, "light": {}}
# Django's pages fade from one theme to the other.
END_FADES = """() => document.getAnimations().filter((each) => each instanceof CSSTransition)
    .forEach((each) => each.finish())"""
# What is Django's own: help in a picker of many, the empty heads of rows of forms and of boxes to tick, links in the
# way that leads here, the folded list of pages.
DJANGOS = (
    ".help-tooltip, .selector *, th.original, .tabular th, th.action-checkbox-column, .breadcrumbs *, "
    "#changelist-filter *, #nav-sidebar *"
)
# Else axe loads what stylesheets import, from addresses beside the page.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
DJANGOS_STYLES = "Applying inline style violates"


def check(page, state: str, exclude: str = "") -> None:
    """No violation in either theme, of any weight, but of what `exclude` selects; in the colours of a page that
    is all there."""
    page.wait_for_load_state()
    found = violations(page, exclude)
    assert found == {}, f"{state}: {found}"


def violations(page, exclude: str = "") -> dict[tuple[str, str], list[str]]:
    """What axe finds, by theme and rule: up to three nodes of each, and what is wrong with them."""
    context = {"include": [["html"]], "exclude": [[exclude]]} if exclude else None
    found = {}
    for theme, options in THEMES.items():
        page.emulate_media(color_scheme=theme)
        page.evaluate(END_FADES)
        for rule in AXE.run(page, context=context, options=OPTIONS | options).response["violations"]:
            nodes = [f"{node['html'][:200]} {node['failureSummary']}" for node in rule["nodes"]]
            found[theme, rule["id"]] = nodes[:3]
    return found
