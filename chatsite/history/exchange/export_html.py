"""A conversation as one HTML page that needs nothing else: its styles are in it, and it fetches nothing."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from chatsite.conversations.models import Conversation, Message, Role
from chatsite.history.exchange.export_queries import shown_branch

EXTENSION = "html"
# In this order; the page has no layers.
STYLES = ("reset", "tokens", "base", "prose", "code", "highlighting", "table", "formulas", "exported")
# Separates the HTML before the messages from the HTML after them.
CUT = "<!-- messages -->"


def html(conversation: Conversation) -> Iterator[str]:
    """The page, in pieces."""
    return _pieces("history/exported.html", conversation, styles=_styles())


def plain_page(conversation: Conversation) -> Iterator[str]:
    """The same as a page of this site, to be read and printed."""
    return _pieces("history/whole.html", conversation, anchored=True)


def _pieces(
    template: str, conversation: Conversation, anchored: bool = False, **context: Any
) -> Iterator[str]:
    """anchored: whether the messages can be linked to."""
    context |= {"conversation": conversation, "cut": mark_safe(CUT)}
    before, _, behind = render_to_string(template, context).partition(CUT)
    yield before
    for message in shown_branch(conversation):
        shown = {"message": message, "byline": _byline(message), "anchored": anchored}
        yield render_to_string("history/_exported_message.html", shown)
    yield behind


def _byline(message: Message) -> str:
    if message.role == Role.USER:
        return "You"
    return (message.completion and message.completion.model) or "Answer"


@cache
def _styles() -> SafeString:
    """The style sheets of the site. They are our own, and hold no end of a style element."""
    paths = [finders.find(f"css/{name}.css") for name in STYLES]
    return mark_safe("\n".join(Path(str(path)).read_text(encoding="utf-8") for path in paths))
