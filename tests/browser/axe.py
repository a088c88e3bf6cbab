"""What axe-core finds on a page, in both themes, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
DEVICES = [
    pytest.param({"viewport": {"width": width, "height": 844}, "color_scheme": theme}, id=f"{theme}-{width}")
    for theme in ("light", "dark")
    for width in (1280, 390)
]
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
    """No violation, whatever its weight, but of what `exclude` selects; in the colours of a page that is all there."""
    page.wait_for_load_state()
    context = {"include": [["html"]], "exclude": [[exclude]]} if exclude else None
    found = AXE.run(page, context=context, options=OPTIONS).response["violations"]
    says = [
        (rule["id"], [(node["html"][:200], node["failureSummary"]) for node in rule["nodes"]][:3])
        for rule in found
    ]
    assert says == [], f"{state}: {says}"
