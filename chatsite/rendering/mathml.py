"""TeX as safe MathML."""

import html
import logging
import re
from collections.abc import Iterator
from functools import lru_cache

from math_core import LatexError, LatexToMathML

from chatsite.rendering.mathml_attributes import MAX_LENGTH_EM, UnknownMarkup, attributes
from chatsite.rendering.safety import escape
from chatsite.rendering.tex import Refused, prepared
from chatsite.rendering.tex_macros import MACROS

logger = logging.getLogger(__name__)

MAX_GROWTH = 16
"""Characters of HTML for each character of TeX; more is nothing but marks, such as `&&&&`."""

MAX_STYLED_GROWTH = 64
"""The same for the converter's own markup, whose styles are longer than this site's classes."""

MAX_FRAME_CHARACTERS = 500
"""Characters of HTML that a formula may have besides."""

MAX_EXPANSIONS = 500
"""Macros in one formula."""

LONG_CHARACTERS = 400
LONG_EM = 5
"""Characters of HTML, and widths of spaces, from which on a formula in a line may be wider than a phone: it scrolls
in a box of its own."""

_TAGS = (
    "math|semantics|mrow|mi|mn|mo|mtext|mspace|mfrac|msqrt|mroot|mpadded|mphantom|msub|msup|msubsup|munder|mover|munderover"
    "|mmultiscripts|mprescripts|mtable|mtr|mtd|b|i|em|code|span|s|u"
)
_SHIFT = re.compile(r' voffset="(-?[\d.]+)')
_WIDTH = re.compile(r' width="([\d.]+)')
_ENCLOSED = re.compile(r"(</?)menclose\b")
_STRIKE = re.compile(r'<mrow class="menclose-[a-z]+"></mrow>')
_TAG = re.compile(r"<([a-z]+) ([^<>]*?)(/?)>")
_ENTITY = re.compile(r"&[A-Za-z]{4,40};")
_SAFE = re.compile(
    rf"[^<>&]*(?:(?:</?(?:{_TAGS})>|<(?:{_TAGS})(?: [a-z]+=\"[\w .#%-]*\")*/?>|&(?:amp|lt|gt|quot|\#\d+);)[^<>&]*)*"
)
_NUMBERED = ' class="numbered"'
"""Of a formula as wide as its line, with its number at the end. The elements around it must be as wide."""

_ANNOTATION = '<annotation encoding="application/x-tex">'
_CONVERTER = LatexToMathML(
    macros=MACROS,
    annotation=True,
    allow_unreliable_rendering=True,
    fancy_error=False,
    max_expansions=MAX_EXPANSIONS,
)


@lru_cache(maxsize=128)
def mathml(tex: str, display: bool) -> str:
    """Safe MathML with the TeX as its annotation, or nothing when the TeX cannot be read."""
    try:
        markup = _CONVERTER.convert_with_local_state(prepared(tex, display=display), displaystyle=display)
        return _written(markup, tex)
    except (LatexError, Refused) as error:
        logger.debug("A formula is shown as its source: %s", error)
    except UnknownMarkup:
        logger.warning("A formula is shown as its source", exc_info=True)
    return ""


def _written(markup: str, tex: str) -> str:
    """The converter's markup with the author's TeX, and with classes for the styles that a page's policy forbids."""
    if len(markup) > MAX_STYLED_GROWTH * len(tex) + 4 * MAX_FRAME_CHARACTERS:
        raise Refused("nothing but marks")
    shown, mark, _ = _ENCLOSED.sub(r"\1mrow", _STRIKE.sub("", markup)).partition(_ANNOTATION)
    shown = _TAG.sub(lambda tag: f"<{tag[1]}{attributes(tag[2])}{tag[3]}>", shown)
    shown = _ENTITY.sub(lambda entity: html.unescape(entity[0]), shown)
    if not mark or not _SAFE.fullmatch(shown):
        raise UnknownMarkup("an element, attribute or entity that this site does not know")
    if len(shown) > MAX_GROWTH * len(tex) + MAX_FRAME_CHARACTERS:
        raise Refused("far more marks than content")
    if sum(_ems(_SHIFT, shown)) > MAX_LENGTH_EM:
        raise Refused("shifted too far")
    if not shown.startswith("<math display") and _is_long(shown):
        shown = shown.replace("<math>", '<math class="long">', 1)
    if _NUMBERED in shown:
        shown = shown.replace("<semantics>", f"<semantics{_NUMBERED}>", 1)
    return f"{shown}{_ANNOTATION}{escape(tex)}</annotation></semantics></math>"


def _is_long(shown: str) -> bool:
    return len(shown) > LONG_CHARACTERS or sum(_ems(_WIDTH, shown)) > LONG_EM


def _ems(length: re.Pattern[str], shown: str) -> Iterator[float]:
    return (abs(float(size)) for size in length.findall(shown))
