"""Escaping, the schemes that a link may have, and the sanitiser's allow-lists."""

import html
import re
from functools import lru_cache

import nh3

from chatsite.rendering.text_direction import directed

SLOT = "<i></i>"
"""Stands for a piece that is made safe elsewhere and put in after the sanitiser; nothing else writes this tag."""

REL = "noopener noreferrer nofollow"
_FOREIGN = re.compile("[\x00\ud800-\udfff\ufdd0-\ufdef]")
_ORDINARY_URL = re.compile(
    r"https?://(?!\S*xn--)[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*(?:/[\w./~%+,;:=@#?&-]*)?", re.ASCII
)
_SAFE_URL = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+\Z", re.IGNORECASE)
_PLAIN = (
    "em",
    "strong",
    "del",
    "sub",
    "sup",
    "kbd",
    "mark",
    "u",
    "br",
    "hr",
    "i",
    "table",
    "thead",
    "tbody",
    "tr",
)
_DIRECTED = ("p", "h3", "h4", "h5", "h6", "blockquote", "ul")

_CLEANER = nh3.Cleaner(
    tags={*_DIRECTED, *_PLAIN, "a", "code", "div", "input", "li", "ol", "th", "td"},
    attributes={
        **{tag: {"dir"} for tag in (*_DIRECTED, "code")},
        "a": {"href", "target", "dir"},
        "div": {"tabindex", "role", "dir"},
        "ol": {"start", "dir"},
        "input": {"checked", "disabled"},
    },
    tag_attribute_values={"input": {"type": {"checkbox"}, "aria-label": {"Task"}}},
    allowed_classes={
        "p": {"raw", "title"},
        "th": {"right", "center"},
        "td": {"right", "center"},
        "div": {"table", "footnote"},
        "sup": {"footnote"},
        "blockquote": {"alert", "note", "tip", "important", "warning", "caution"},
    },
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=REL,
)


def normal(text: str) -> str:
    """Text without NUL, lone surrogates and the marks this package uses itself: each becomes U+FFFD. Byte order marks,
    which would hide what begins a line, are left out."""
    if text.isascii() and "\x00" not in text:
        return text
    return _FOREIGN.sub("\ufffd", text.replace("\ufeff", ""))


def escape(text: str) -> str:
    """Text as HTML text (not as an attribute's value)."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def attribute(text: str) -> str:
    """Text as the value of a double-quoted attribute."""
    return html.escape(text)


@lru_cache(maxsize=1024)
def is_safe_url(url: str) -> bool:
    """Whether a link may point there: absolute http(s) or mailto only, and the sanitiser can read it."""
    if _ORDINARY_URL.fullmatch(url):
        return True
    return _SAFE_URL.match(url) is not None and "href" in _CLEANER.clean(f'<a href="{attribute(url)}">')


def sanitised(markup: str, slots: list[str]) -> str:
    """The markup through the allow-lists, with the slots' already safe HTML put in their places.

    Raises ValueError when the sanitiser did not leave exactly one place for each slot.
    """
    return filled(_CLEANER.clean(markup), slots)


def filled(markup: str, slots: list[str]) -> str:
    """The markup with directions, and the slots' HTML in their places; ValueError when they are not as many."""
    markup = directed(markup)
    if not slots and SLOT not in markup:
        return markup
    parts = markup.split(SLOT)
    whole = [parts[0]]
    for slot, part in zip(slots, parts[1:], strict=True):
        whole += (slot, part)
    return "".join(whole)
